import * as fc from 'fast-check';
import { aFile, aStop, type Stop } from '../story.ts';
import { GOOGLE_TWEAK_NAMES, type GoogleTweakName, HTTP_TWEAK_NAMES } from './google-tweaks.ts';
import type { World } from './world.ts';

export interface GoogleStory {
  readonly world: World;
  readonly hasKey: boolean;
  /** How the link is written. */
  readonly isOpenLink: boolean;
  /** What is wrong with the first answers, one after the other over all attempts; later ones are right. */
  readonly answers: readonly (readonly { readonly name: GoogleTweakName; readonly arg: number }[])[];
  readonly attempts: readonly (Stop | null)[];
}

const aWorld: fc.Arbitrary<World> = fc.record({
  kind: fc.constantFrom('file', 'file', 'file', 'document', 'folder', 'shortcut'),
  name: fc.constantFrom('clip.mp4', 'clip.mp4', 'notes', 'notes.txt', '../../x.bin', 'CON'),
  // A single byte may be a text, which no film is.
  file: aFile.map((file) => ({ ...file, size: Math.max(file.size, 700) })),
  publishes: fc.constantFrom('size and md5', 'size and md5', 'size', 'nothing'),
  isLarge: fc.boolean(),
  files: fc.integer({ min: 1, max: 3 }),
});

const aTweak = fc.record({
  name: fc.constantFrom<GoogleTweakName>(...GOOGLE_TWEAK_NAMES, ...GOOGLE_TWEAK_NAMES, ...HTTP_TWEAK_NAMES),
  arg: fc.nat({ max: 99_999 }),
});

/** What Google may do to what a link leads to in the course of some attempts. */
export const aGoogleStory: fc.Arbitrary<GoogleStory> = fc.record({
  world: aWorld,
  hasKey: fc.boolean(),
  isOpenLink: fc.boolean(),
  answers: fc.array(fc.array(aTweak, { maxLength: 2 }), { maxLength: 10 }),
  attempts: fc.array(fc.option(aStop, { freq: 2 }), { minLength: 1, maxLength: 3 }),
});

import * as fc from 'fast-check';
import { SMALL_BYTES } from '../../../../../src/sources/drive/transfer/small-body.ts';
import type { ServedFile } from './served-file.ts';
import { TWEAK_NAMES, type TweakName } from './tweaks.ts';

/** One thing that is wrong with an answer; what exactly, follows from the number. */
export interface Tweak {
  readonly name: TweakName;
  readonly arg: number;
}

/** Where a client is stopped: in the answer to this request of an attempt, after so much (percent) of the body. */
export interface Stop {
  readonly how: 'abort' | 'kill';
  readonly request: number;
  readonly percent: number;
}

export interface Story {
  readonly file: ServedFile;
  /** What is wrong with the first answers, one after the other over all attempts; later ones are right. */
  readonly answers: readonly (readonly Tweak[])[];
  /** What happens to each attempt but the last, to which the server behaves. */
  readonly attempts: readonly (Stop | null)[];
}

const tweak = fc.record({ name: fc.constantFrom(...TWEAK_NAMES), arg: fc.nat({ max: 999 }) });
export const aStop: fc.Arbitrary<Stop> = fc.record({
  how: fc.constantFrom('abort' as const, 'kill' as const),
  request: fc.nat({ max: 2 }),
  percent: fc.nat({ max: 100 }),
});

export const aFile: fc.Arbitrary<ServedFile> = fc.record({
  size: fc.constantFrom(1, 700, 40_000, SMALL_BYTES, SMALL_BYTES + 1, 700_000, 1_300_000),
  longer: fc.constantFrom(0, 0, 1, 5000, -1),
  changesAt: fc.option(fc.nat({ max: 6 })),
  validators: fc.constantFrom(
    'strong',
    'strong',
    'weak',
    'date',
    'strong and date',
    'weak, one date',
    'none',
  ),
  hash: fc.constantFrom('none', 'none', 'crc32c', 'md5', 'both', 'wrong', 'garbage'),
  hashOn: fc.constantFrom('all', 'whole', 'parts'),
  ranges: fc.constantFrom('given', 'given', 'given, If-Range ignored', 'ignored', 'refused'),
});

/** What a host may do to one file in the course of some attempts. */
export const aStory: fc.Arbitrary<Story> = fc.record({
  file: aFile,
  answers: fc.array(fc.array(tweak, { maxLength: 2 }), { maxLength: 8 }),
  attempts: fc.array(fc.option(aStop), { minLength: 1, maxLength: 3 }),
});

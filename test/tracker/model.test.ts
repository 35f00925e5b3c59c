import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { tempFolder } from '../support/temp-folder.ts';
import { aStory, live } from './torture/model/steps.ts';

/** The same stories each time, so that a red run is about the change at hand; `npm run torture` tells new ones. */
const SEED = Number(process.env['ROWTRAIL_TEST_SEED'] ?? 20261122);

it(
  'whatever people, processes and accidents do to a CSV, in any order, it shows what the rules say',
  { timeout: 300_000 },
  async () => {
    const folder = await tempFolder();
    const told = fc.assert(
      fc.asyncProperty(aStory(false), async (story) => {
        const own = await mkdtemp(join(folder, 'story-'));
        await live(story, join(own, 'people.csv'));
        await rm(own, { recursive: true });
      }),
      { numRuns: 60, seed: SEED },
    );
    await expect(told).resolves.toBeUndefined();
  },
);

import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { tempFolder } from '../support/temp-folder.ts';
import { aStory, live } from './torture/model/steps.ts';

/** A failure names its seed and the shortest story that fails; given here, the same stories are lived again. */
const SEED = Number(process.env['ROWTRAIL_TEST_SEED'] ?? Date.now() % 2 ** 31);

it(
  'whatever people, processes and accidents do to a CSV, in any order, it shows what the rules say',
  { timeout: 300_000 },
  async () => {
    const folder = await tempFolder();
    const stories = fc.asyncProperty(aStory(false), async (story) => {
      const own = await mkdtemp(join(folder, 'story-'));
      await live(story, join(own, 'people.csv'));
      await rm(own, { recursive: true });
    });
    await expect(fc.assert(stories, { numRuns: 60, seed: SEED })).resolves.toBeUndefined();
  },
);

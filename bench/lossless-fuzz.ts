import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { checkLossless, losslessStory } from '../test/csv/support/lossless-story.ts';
import { checkThroughTracker, trackerStory } from '../test/csv/support/lossless-through-tracker.ts';

/**
 * The long form of the lossless tests: generated CSVs, each rewritten four times, and a sample of them through the tracker.
 * The first that differs is shrunk and printed with the seed that repeats it.
 */

const USAGE = 'usage: node bench/lossless-fuzz.ts [--documents 100000] [--tracked 1000] [--seed N]';
/** Documents between two lines of progress; also what one seed makes. */
const BATCH = 2500;
const TRACKED_BATCH = 100;

interface Batches {
  readonly name: string;
  readonly count: number;
  readonly size: number;
  readonly seed: number;
  /** Resolves when a story was checked, in a folder that it may fill. */
  readonly property: (folder: string) => fc.IAsyncProperty<unknown>;
}

function numberOf(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${text} is no number\n${USAGE}`);
  return value;
}

async function runBatches({ name, count, size, seed, property }: Batches): Promise<void> {
  const began = performance.now();
  for (let done = 0, batch = 0; done < count; batch++) {
    const numRuns = Math.min(size, count - done);
    const folder = await mkdtemp(join(tmpdir(), 'rowtrail-fuzz-'));
    try {
      await fc.assert(property(folder), { numRuns, seed: seed + batch, endOnFailure: false });
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
    done += numRuns;
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    process.stdout.write(`${name}: ${done} of ${count}, ${seconds} s\n`);
  }
}

export interface FuzzOptions {
  readonly documents: number;
  /** Stories that go through the tracker. */
  readonly tracked: number;
  readonly seed: number;
}

/**
 * Makes, rewrites and compares so many CSVs; says how far it is.
 * @throws Error with the smallest CSV that differs, and the seed that makes it
 */
export async function fuzzLossless({ documents, tracked, seed }: FuzzOptions): Promise<FuzzOptions> {
  await runBatches({
    name: 'documents',
    count: documents,
    size: BATCH,
    seed,
    property: (folder) =>
      fc.asyncProperty(losslessStory, (story) => checkLossless(join(folder, 'people.csv'), story)),
  });
  await runBatches({
    name: 'through the tracker',
    count: tracked,
    size: TRACKED_BATCH,
    seed,
    property: (folder) => {
      let count = 0;
      return fc.asyncProperty(trackerStory, (story) =>
        checkThroughTracker(join(folder, `${count++}`), story),
      );
    },
  });
  return { documents, tracked, seed };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      documents: { type: 'string', default: '100000' },
      tracked: { type: 'string', default: '1000' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    },
  });
  const options = {
    documents: numberOf(values.documents),
    tracked: numberOf(values.tracked),
    seed: numberOf(values.seed),
  };
  process.stdout.write(`seed ${options.seed}\n`);
  await fuzzLossless(options);
  process.stdout.write(`nothing was lost (seed ${options.seed})\n`);
}

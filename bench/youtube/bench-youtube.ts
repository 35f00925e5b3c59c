import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { format } from 'prettier';
import { buildForBench } from '../support/build.ts';
import { currentLoad, describeMachine } from '../support/machine.ts';
import { spreadOf } from '../support/statistics.ts';
import { locateYtDlp } from '../../src/sources/index.ts';
import {
  BATCH,
  type Bench,
  type Contestant,
  type Cost,
  measure,
  rowtrail,
  STEPS,
  type Work,
} from './contestants.ts';
import { type MemorySample, poolMemory } from './pool-memory.ts';
import { reportOf } from './report.ts';
import { type Line, targetsOf, type YoutubeResult } from './results.ts';
import { startWorld } from './world.ts';

export const YOUTUBE_USAGE = `npm run bench -- youtube [options]
  --rounds 3        repetitions; the contestants take turns within each
  --quick           8 transcripts and 4 videos, one round, nothing kept
  --share 1         a part of the items, such as 0.4
  --steps-whole     all items also with one process a step, where a quarter of them is enough
  --no-memory       without the 500 transcripts that show the memory of a worker`;

const LATENCY_MS = 50;
const ITEMS: Readonly<Record<Work, number>> = { transcripts: 100, videos: 40 };
const QUICK_ITEMS: Readonly<Record<Work, number>> = { transcripts: 8, videos: 4 };
/** What each item costs with a process a step does not depend on how many there are. */
const SHARE_OF_STEPS = 4;
const MEMORY_JOBS = 500;
const MEMORY_EVERY = 50;

const [ONE, TWO, EIGHT] = [1, 2, 8].map(rowtrail) as [Contestant, Contestant, Contestant];
const CONTESTANTS: readonly Contestant[] = [STEPS, BATCH, ONE, TWO, EIGHT];

/** `npm run bench -- youtube`. */
export async function benchYoutube(root: string, args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      rounds: { type: 'string', default: '3' },
      share: { type: 'string', default: '1' },
      quick: { type: 'boolean', default: false },
      'steps-whole': { type: 'boolean', default: false },
      memory: { type: 'boolean', default: true },
    },
  });
  const { quick } = values;
  const rounds = quick ? 1 : Number(values.rounds);
  const share = Number(values.share);
  const items = quick
    ? QUICK_ITEMS
    : { transcripts: Math.ceil(ITEMS.transcripts * share), videos: Math.ceil(ITEMS.videos * share) };
  const folder = await mkdtemp(join(tmpdir(), 'rowtrail-bench-'));
  try {
    await build(root);
    const places = { root, compiled: buildForBench(root), folder };
    const before = currentLoad();
    const lines = await measureAll(places, items, rounds, values['steps-whole'] || quick);
    const memory = values.memory && !quick ? await measureMemory(places) : [];
    const names = { steps: STEPS.name, batch: BATCH.name, one: ONE.name, eight: EIGHT.name };
    const result: YoutubeResult = {
      format: 1,
      machine: describeMachine(new Date()),
      ytDlp: (await locateYtDlp()).version,
      latencyMs: LATENCY_MS,
      rounds,
      load: { before, after: currentLoad() },
      lines,
      targets: targetsOf(lines, memory, names),
      memory,
    };
    process.stdout.write(`${reportOf(result)}\n`);
    if (!quick) await keep(root, result);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Places = Omit<Bench, 'world'> & { readonly compiled: string };

async function measureAll(
  places: Places,
  items: Readonly<Record<Work, number>>,
  rounds: number,
  wholeSteps: boolean,
): Promise<readonly Line[]> {
  const videos = Math.max(...Object.values(items));
  await using world = await startWorld(places.compiled, places.folder, { latencyMs: LATENCY_MS, videos });
  const bench = { ...places, world };
  // Makes the media and fills the caches, so that the first contestant does not pay for them.
  await measure(bench, BATCH, 'videos', world.ids.slice(0, 1));
  const countFor = (contestant: Contestant, work: Work) =>
    contestant === STEPS && !wholeSteps ? Math.ceil(items[work] / SHARE_OF_STEPS) : items[work];
  const costs = new Map<string, Cost[]>();
  const keyOf = (contestant: Contestant, work: Work) => `${work} ${contestant.name}`;
  for (let round = 0; round < rounds; round += 1) {
    for (const work of ['transcripts', 'videos'] as const) {
      for (const contestant of CONTESTANTS) {
        const key = keyOf(contestant, work);
        process.stderr.write(`round ${round + 1} of ${rounds}: ${key} (load ${currentLoad()})\n`);
        const cost = await measure(bench, contestant, work, world.ids.slice(0, countFor(contestant, work)));
        costs.set(key, [...(costs.get(key) ?? []), cost]);
      }
    }
  }
  return (['transcripts', 'videos'] as const).flatMap((work) =>
    CONTESTANTS.map((contestant): Line => {
      const count = countFor(contestant, work);
      const found = costs.get(keyOf(contestant, work)) ?? [];
      return {
        work,
        contestant: contestant.name,
        items: count,
        secondsAnItem: spreadOf(found.map(({ seconds }) => seconds / count)),
        cpuAnItem: spreadOf(found.map(({ cpuSeconds }) => cpuSeconds / count)),
      };
    }),
  );
}

async function measureMemory(places: Places): Promise<readonly MemorySample[]> {
  process.stderr.write(`memory: ${MEMORY_JOBS} transcripts in one worker\n`);
  await using world = await startWorld(places.compiled, places.folder, { latencyMs: 0, videos: MEMORY_JOBS });
  // Awaited here: the world ends with this block.
  return await poolMemory({ ...places, world }, MEMORY_EVERY);
}

/** What is measured is the package as users get it. */
async function build(root: string): Promise<void> {
  await promisify(execFile)(process.execPath, [join(root, 'scripts', 'build.js')], { cwd: root });
}

async function keep(root: string, result: YoutubeResult): Promise<void> {
  const results = join(root, 'bench', 'results');
  await mkdir(results, { recursive: true });
  const json = JSON.stringify(result, (_, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(4)) : value,
  );
  await writeFile(join(results, 'youtube.json'), await format(json, { parser: 'json', printWidth: 110 }));
  await writeFile(join(results, 'youtube.md'), await format(reportOf(result), { parser: 'markdown' }));
}

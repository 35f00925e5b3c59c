import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'prettier';
import { buildForBench } from '../support/build.ts';
import { timed } from '../support/event-loop.ts';
import { currentLoad, describeMachine } from '../support/machine.ts';
import { pooled } from '../support/statistics.ts';
import { writeSampleCsv } from '../tracker/sample-csv.ts';
import { linesOf, type PartSamples, PROCESSES } from './measures.ts';
import type { Part, WorkersOptions } from './options.ts';
import { type PartReport, reportOf, type WorkersReport } from './report.ts';
import { freshStore } from './workbench.ts';

const RESULTS = 'workers';
/** Transfers that record their results at the same time, as in the tracker's measurement. */
const RECORDING = 512;
/** Downloads that a worker has under way. */
const UNDER_WAY = 256;

/** How much one PostgreSQL and its workers do, into `results/workers.md` and `.json`. */
export async function benchWorkers(root: string, options: WorkersOptions): Promise<void> {
  const probe = join(buildForBench(root), 'bench', 'workers', 'probe-main.js');
  const measure: Readonly<Record<Part, () => Promise<PartSamples>>> = {
    enqueue: () => measureEnqueue(probe, options),
    record: () => inRounds(options.rounds, () => measureRecord(probe, options.count)),
    work: () => inRounds(options.rounds, () => measureWork(probe, options.count)),
  };
  const parts: PartReport[] = [];
  for (const part of options.parts) {
    const before = currentLoad();
    const samples = await measure[part]();
    parts.push({
      part,
      machine: describeMachine(new Date()),
      postgres: await versionOfPostgres(probe),
      rounds: part === 'enqueue' ? 1 : options.rounds,
      load: { before, after: currentLoad() },
      lines: linesOf(new Map([[part, samples]])),
    });
  }
  if (options.isKept) await keep(join(root, 'bench', 'results'), parts);
  else process.stdout.write(await asMarkdown({ format: 1, parts }));
}

/** Everything that a CSV has to be fetched. */
async function measureEnqueue(probe: string, { rows, folder: parent }: WorkersOptions): Promise<PartSamples> {
  const folder = await mkdtemp(join(parent, 'rowtrail-bench-'));
  try {
    const csv = join(folder, 'people.csv');
    await writeSampleCsv(csv, rows);
    await using store = await freshStore(probe);
    const samples = await store.run('enqueue', { csv });
    const jobs = samples['jobs']?.[0] ?? 0;
    const countMs = await timed(async () => {
      const left = await store.jobsLeft();
      if (left !== jobs) throw new Error(`${left} jobs wait of ${jobs} that were enqueued`);
    });
    return {
      ...samples,
      rows: [rows],
      countMs: [countMs],
      bytesOfJob: [(await store.bytesOf('rowtrail_queue')) / jobs],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureRecord(probe: string, count: number): Promise<PartSamples> {
  await using store = await freshStore(probe);
  const samples = await store.run('record', { count, concurrency: RECORDING });
  const recorded = await store.attempts();
  if (recorded !== count) throw new Error(`${recorded} results of ${count} are in the ledger`);
  return { ...samples, bytesOfResult: [(await store.bytesOf('rowtrail')) / count] };
}

async function measureWork(probe: string, count: number): Promise<PartSamples> {
  let all: PartSamples = {};
  for (const processes of PROCESSES) {
    await using store = await freshStore(probe);
    await store.enqueue(count);
    const { samples, seconds } = await store.runTogether('work', processes, { concurrency: UNDER_WAY });
    const recorded = await store.attempts();
    const left = await store.jobsLeft();
    if (recorded !== count || left > 0) throw new Error(`${recorded} results, ${left} jobs left of ${count}`);
    const each = (name: string) => samples.flatMap((own) => own[name] ?? []);
    const cpuMs = each('cpuMs').reduce((sum, one) => sum + one, 0);
    all = {
      ...all,
      [`perSecond${processes}`]: [count / seconds],
      [`cpuMs${processes}`]: [cpuMs / count],
      [`peakMb${processes}`]: [Math.max(...each('peakMb'))],
      [`blockMs${processes}`]: [Math.max(...each('blockMs'))],
    };
  }
  return all;
}

async function inRounds(rounds: number, measure: () => Promise<PartSamples>): Promise<PartSamples> {
  let all: PartSamples = {};
  for (let round = 0; round < rounds; round++) all = pooled(all, await measure());
  return all;
}

async function versionOfPostgres(probe: string): Promise<string> {
  await using store = await freshStore(probe);
  return store.version();
}

/** Parts that were not measured this time stay as they are. */
async function keep(results: string, measured: readonly PartReport[]): Promise<void> {
  await mkdir(results, { recursive: true });
  const path = join(results, `${RESULTS}.json`);
  const earlier = await readFile(path, 'utf8').then(
    (json) => (JSON.parse(json) as WorkersReport).parts,
    () => [],
  );
  const order: readonly Part[] = ['enqueue', 'record', 'work'];
  const parts = order.flatMap(
    (part) => measured.find((each) => each.part === part) ?? earlier.find((each) => each.part === part) ?? [],
  );
  const report: WorkersReport = { format: 1, parts };
  const markdown = await asMarkdown(report);
  await writeFile(path, await format(JSON.stringify(report), { parser: 'json' }));
  await writeFile(join(results, `${RESULTS}.md`), markdown);
  process.stdout.write(markdown);
}

function asMarkdown(report: WorkersReport): Promise<string> {
  return format(reportOf(report), { parser: 'markdown' });
}

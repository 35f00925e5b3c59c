import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, opendir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'prettier';
import { build } from '../../scripts/repository/build.js';
import { buildForBench } from '../support/build.ts';
import { currentLoad, describeMachine } from '../support/machine.ts';
import { spreadOf } from '../support/statistics.ts';
import { type Column, COLUMNS, quickened } from './columns.ts';
import type { DriveBenchOptions } from './options.ts';
import { type ColumnResult, reportOf, type SideResult } from './report.ts';
import { startServer } from './server.ts';
import { makeFolder, OUT, type Side, SIDES } from './sides.ts';
import { isInstalled, timedProgram, type Took } from './timed-program.ts';

const RESULTS = 'drive';

/**
 * Fetches the same files with each side in turn, from one server, and keeps what it took. Every file's size is checked
 * after each turn. What was fetched is removed at the very end, because a file system that has removed thousands of files a moment
 * ago makes new ones slowly; only a few large files are removed at once, for the room that they take.
 */
export async function benchDrive(root: string, options: DriveBenchOptions): Promise<void> {
  await build(root);
  const built = buildForBench(root);
  const sides = SIDES.filter(({ program }) => isInstalled(program));
  const folder = await mkdtemp(join(options.folder, 'rowtrail-bench-drive-'));
  const results: ColumnResult[] = [];
  try {
    for (const column of COLUMNS) {
      if (!options.columns.includes(column.name)) continue;
      const asked = options.quick ? quickened(column) : column;
      results.push(await benchColumn(asked, { root, built, sides, folder, rounds: options.rounds }));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const report = { format: 1 as const, machine: describeMachine(new Date()), columns: results };
  if (options.quick || !options.keep) {
    process.stdout.write(reportOf(report));
    return;
  }
  await keep(join(root, 'bench', 'results'), report);
}

interface Bench {
  readonly root: string;
  readonly built: string;
  readonly sides: readonly Side[];
  readonly folder: string;
  readonly rounds: number;
}

async function benchColumn(column: Column, bench: Bench): Promise<ColumnResult> {
  const { root, built, rounds } = bench;
  const sides = bench.sides.filter(({ columns }) => columns?.includes(column.name) ?? true);
  const folder = await mkdtemp(join(bench.folder, `${column.name}-`));
  await using server = await startServer(built, column);
  const before = currentLoad();
  const took = new Map<string, Took[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const side of sides) {
      const own = await makeFolder(folder, `${side.name}-${round}`);
      const command = await side.prepare({ column, origin: server.origin, folder: own, root, built });
      // What an earlier turn left to be written is not this one's.
      spawnSync('sync');
      const turn = await timedProgram(command, own);
      await checkFiles(join(own, OUT), column);
      took.set(side.name, [...(took.get(side.name) ?? []), turn]);
      process.stderr.write(`${column.name} ${side.name} ${turn.wallSeconds.toFixed(2)} s\n`);
      if (column.bytes * column.files > 1 << 30 && column.files < 1000) await rm(own, { recursive: true });
    }
  }
  return {
    column,
    rounds,
    load: { before, after: currentLoad() },
    sides: [...took].map(([name, turns]): SideResult => ({
      name,
      wallSeconds: spreadOf(turns.map(({ wallSeconds }) => wallSeconds)),
      cpuSeconds: spreadOfKnown(turns.map(({ cpuSeconds }) => cpuSeconds)),
      peakMegabytes: spreadOfKnown(turns.map(({ peakMegabytes }) => peakMegabytes)),
    })),
  };
}

function spreadOfKnown(samples: readonly (number | null)[]) {
  const known = samples.filter((sample) => sample !== null);
  return known.length === 0 ? null : spreadOf(known);
}

/** @throws Error when a file is missing or of another size */
async function checkFiles(out: string, { files, bytes }: Column): Promise<void> {
  let found = 0;
  for await (const entry of await opendir(out, { recursive: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.bin')) continue;
    const { size } = await stat(join(entry.parentPath, entry.name));
    if (size !== bytes) throw new Error(`${entry.name} has ${size} bytes of ${bytes}`);
    found += 1;
  }
  if (found !== files) throw new Error(`${found} files of ${files} arrived`);
}

/** Columns that were not measured this time stay as they are. */
async function keep(results: string, report: Parameters<typeof reportOf>[0]): Promise<void> {
  await mkdir(results, { recursive: true });
  const path = join(results, `${RESULTS}.json`);
  const earlier = await readFile(path, 'utf8').then(
    (json) => (JSON.parse(json) as typeof report).columns,
    () => [],
  );
  const isNew = (name: string) => report.columns.some(({ column }) => column.name === name);
  const all = [...earlier.filter(({ column }) => !isNew(column.name)), ...report.columns];
  const columns = COLUMNS.flatMap(({ name }) => all.filter(({ column }) => column.name === name));
  await writeFile(path, await format(JSON.stringify({ ...report, columns }), { parser: 'json' }));
  const markdown = reportOf({ ...report, columns });
  await writeFile(join(results, `${RESULTS}.md`), await format(markdown, { parser: 'markdown' }));
  process.stdout.write(markdown);
}

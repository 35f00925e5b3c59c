import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'prettier';
import { buildForBench } from '../support/build.ts';
import { currentLoad, describeMachine } from '../support/machine.ts';
import type { Samples } from '../support/run-child.ts';
import { pooled } from '../support/statistics.ts';
import type { Sides } from './measures.ts';
import type { BenchOptions } from './options.ts';
import { hasDuckDb } from './probes/duckdb.ts';
import { reportOf, sizeReport } from './report.ts';
import { keepResult, keptResults, limitsOf, linesOf, type SizeResult } from './results.ts';
import { sampleRow } from './sample-csv.ts';
import { rowsAtRandom } from './sample-result.ts';
import { hasPandas, type Places, type ProbeOptions, type State, Workbench } from './workbench.ts';

/** Downloads of each source that are under way at once in the measured run. */
const RUN_CONCURRENCY = 32;
/** The same in a run as it is by default: three transfers, and for each of them two more downloads (YouTube: three) that begin or are recorded. */
const DEFAULT_CONCURRENCY = 9;
const SUBMITTERS = 512;
const PROCESSES = 4;
const UPDATES_OF_PROCESSES = 200;
/** Up to here an update is so short that the first ones measure code that V8 has not compiled yet: more of them are made. */
const SMALL_ROWS = 10_000;
/** Up to so many rows a run is always measured to its end. */
const WHOLE_RUN_ROWS = 100_000;
/** Otherwise so many results are measured first, and the rest only when it promises to take less (seconds). */
const PART_OF_A_RUN = 50_000;
const LONGEST_WHOLE_RUN = 300;
const PART_BY_DEFAULT = 10_000;
const BASELINE_SEED = 3;
/** Probes of a CSV that a run has gone through, and those of a new one. */
const WORKED: readonly string[] = ['pendingWorked', 'summaryWorked', 'summarySaved', 'updateWorked'];
const PLAIN: readonly string[] = [
  ...WORKED,
  'scan',
  'durable',
  'grouped',
  'burst',
  'run',
  'runByDefault',
  'commandRun',
];

/** `npm run bench -- tracker`. */
export async function benchTracker(root: string, options: BenchOptions): Promise<void> {
  const beside = options.only === null;
  const pandas = beside && (await hasPandas());
  const duckdb = beside && (await hasDuckDb(options.duckdb)) ? options.duckdb : null;
  if (!beside) say(`${[...options.only].join(', ')} alone: nothing is kept`);
  else if (!pandas) say('pandas is not installed: no baseline (apt-get install python3-pandas)');
  if (beside && duckdb === null)
    say('DuckDB is not installed: nothing beside the scan (see bench/README.md)');
  const places = {
    compiled: buildForBench(root),
    baseline: join(root, 'bench', 'baseline', 'tracker.py'),
    duckdb,
  };
  const results = join(root, 'bench', 'results');
  for (const rows of options.rows) {
    const result = await measureSize(rows, places, pandas, options);
    process.stdout.write(`${sizeReport(result)}\n`);
    if (options.quick || options.only !== null) continue;
    await mkdir(results, { recursive: true });
    await keepResult(results, result);
    const page = reportOf(await keptResults(results));
    await writeFile(join(results, 'tracker.md'), await format(page, { parser: 'markdown' }));
  }
}

async function measureSize(
  rows: number,
  places: Places,
  pandas: boolean,
  options: BenchOptions,
): Promise<SizeResult> {
  const before = currentLoad();
  say(`${rows} rows: making the CSV (load ${before})`);
  const workbench = await Workbench.make(options.folder, rows, places);
  try {
    const { size } = await stat(join(workbench.folder, 'plain', 'people.csv'));
    const rounds = new Rounds(workbench, pandas, places.duckdb !== null, options);
    const sides = await rounds.all();
    return {
      format: 1,
      rows,
      bytes: size,
      machine: describeMachine(new Date()),
      rounds: options.rounds,
      load: { before, after: currentLoad() },
      lines: linesOf(sides, rows),
      limits: limitsOf(sides),
    };
  } finally {
    await workbench.remove();
  }
}

/** All probes of one size: ours and the others' in turn, round after round, so that a slow minute hits each side. */
class Rounds {
  readonly #workbench: Workbench;
  readonly #pandas: boolean;
  readonly #duckdb: boolean;
  readonly #options: BenchOptions;
  readonly #sides: Record<keyof Sides, Record<string, readonly number[]>> = {
    ours: {},
    pandas: {},
    duckdb: {},
    limits: {},
  };

  constructor(workbench: Workbench, pandas: boolean, duckdb: boolean, options: BenchOptions) {
    this.#workbench = workbench;
    this.#pandas = pandas;
    this.#duckdb = duckdb;
    this.#options = options;
  }

  async all(): Promise<Sides> {
    const { rounds, quick } = this.#options;
    const { rows } = this.#workbench;
    const tries = quick ? 100 : 500;
    const results = quick ? 5000 : 20_000;
    const large = rows > WHOLE_RUN_ROWS;
    const updates = large ? 5 : rows > SMALL_ROWS ? 20 : 200;
    for (let round = 0; round < rounds; round++) {
      say(`${rows} rows: round ${round + 1} of ${rounds} (load ${currentLoad()})`);
      await this.#ours('scan', { state: 'plain' });
      await this.#beside('scan', 'plain');
      await this.#ours('columns', { state: 'plain', keepAs: 'tracked' });
      await this.#theirs('columns', 'plain');
      await this.#limits({ state: 'tracked', count: tries });
      await this.#ours('update', { state: 'tracked', count: updates });
      await this.#theirs('update', 'tracked', large ? 1 : 5);
      await this.#ours('processes', {
        state: 'tracked',
        count: large ? PROCESSES * updates : UPDATES_OF_PROCESSES,
        concurrency: PROCESSES,
      });
      await this.#ours('durable', { state: 'plain', count: Math.min(tries, rows / 4) });
      await this.#ours('grouped', { state: 'plain', count: results, concurrency: SUBMITTERS });
      await this.#ours('burst', { state: 'plain', count: results });
      await this.#ours('pending', { state: 'tracked' });
      await this.#theirs('pending', 'tracked');
      await this.#ours('pendingBoth', { state: 'tracked' });
      await this.#ours('pendingArray', { state: 'tracked' });
      await this.#ours('summary', { state: 'tracked' });
      await this.#theirs('summary', 'tracked');
      await this.#beside('summary', 'tracked');
      if (!large || round === 0) await this.#run();
      await this.#ours('pending', { state: 'worked', inPlace: true }, 'pendingWorked');
      await this.#theirs('pending', 'worked', 0, 'pendingWorked');
      await this.#ours('summary', { state: 'worked', inPlace: true }, 'summaryWorked');
      await this.#theirs('summary', 'worked', 0, 'summaryWorked');
      await this.#ours('summary', { state: 'worked' }, 'summarySaved');
      await this.#ours('update', { state: 'worked', inPlace: true, count: updates }, 'updateWorked');
    }
    this.#project();
    return this.#sides;
  }

  async #run(): Promise<void> {
    const { rows } = this.#workbench;
    await this.#ours(
      'run',
      { state: 'plain', count: Math.min(PART_BY_DEFAULT, rows), concurrency: DEFAULT_CONCURRENCY },
      'runByDefault',
    );
    if (rows <= WHOLE_RUN_ROWS) await this.#ours('commandRun', { state: 'plain', count: rows });
    const whole: ProbeOptions = {
      state: 'plain',
      count: rows,
      concurrency: RUN_CONCURRENCY,
      keepAs: 'worked',
    };
    if (!this.#isWanted('run', whole)) return;
    if (rows > WHOLE_RUN_ROWS && !this.#options.wholeRun) {
      const part = await this.#workbench.ours('run', { ...whole, count: PART_OF_A_RUN });
      const [seconds = Infinity] = part['seconds'] ?? [];
      say(`${rows} rows: a run would take ${Math.round(seconds)} s`);
      if (seconds > LONGEST_WHOLE_RUN) return this.#add('ours', 'run', part);
    }
    await this.#ours('run', whole);
  }

  /** What the baseline needs for a run and a second: it has nothing but its single updates. */
  #project(): void {
    const updates = this.#sides.pandas['update.ms'];
    if (updates === undefined) return;
    this.#sides.pandas['run.seconds'] = updates.map((ms) => (ms * this.#workbench.rows) / 1000);
    this.#sides.pandas['grouped.perSecond'] = updates.map((ms) => 1000 / ms);
  }

  async #ours(probe: string, options: ProbeOptions, name = probe): Promise<void> {
    if (!this.#isWanted(name, options)) return;
    this.#add('ours', name, await this.#workbench.ours(probe, options));
  }

  /** What leaves a state behind is done for those that begin with it, too. */
  #isWanted(name: string, { keepAs }: ProbeOptions): boolean {
    const { only } = this.#options;
    if (only === null || only.has(name)) return true;
    if (keepAs === 'worked') return WORKED.some((each) => only.has(each));
    return keepAs === 'tracked' && [...only].some((each) => !PLAIN.includes(each));
  }

  async #limits(options: ProbeOptions): Promise<void> {
    if (this.#options.only !== null) return;
    this.#add('limits', 'limits', await this.#workbench.ours('limits', options));
  }

  async #theirs(operation: string, state: State, updates = 0, name = operation): Promise<void> {
    if (!this.#pandas) return;
    const rowIds = rowsAtRandom(this.#workbench.rows, updates, BASELINE_SEED).map(
      (index) => sampleRow(index).context.rowId,
    );
    this.#add('pandas', name, await this.#workbench.theirs(operation, state, rowIds));
  }

  async #beside(name: string, state: State): Promise<void> {
    if (this.#duckdb) this.#add('duckdb', name, await this.#workbench.ours('duckdb', { state }));
  }

  #add(side: keyof Sides, name: string, samples: Samples): void {
    const named = Object.fromEntries(Object.entries(samples).map(([key, each]) => [`${name}.${key}`, each]));
    this.#sides[side] = pooled(this.#sides[side], named);
  }
}

/** Progress, for whoever waits. */
function say(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}

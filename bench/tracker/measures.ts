/** Samples of each side, named `probe.sample`. */
export interface Sides {
  readonly ours: Readonly<Record<string, readonly number[]>>;
  readonly pandas: Readonly<Record<string, readonly number[]>>;
  readonly duckdb: Readonly<Record<string, readonly number[]>>;
  readonly limits: Readonly<Record<string, readonly number[]>>;
}

/** One line of the table: whose samples it shows, and what must be reached. */
export interface Measure {
  readonly what: string;
  readonly unit: 'ms' | 's' | 'MB' | 'per second' | '';
  readonly ours: string;
  readonly pandas?: string;
  readonly duckdb?: string;
  /** What the machine could do at best. */
  readonly limit?: string;
  /** Null where nothing is demanded of this size. */
  readonly mustReach?: (rows: number) => number | null;
  /** The figure that is judged (default: median). */
  readonly judge?: 'median' | 'max';
  /** Reaching more is better (default: less). */
  readonly moreIsBetter?: boolean;
}

const MILLION = 1_000_000;
/** The longest time for which anything may hold up the event loop (milliseconds). */
const LONGEST_BLOCK = 20;
/** `run` and `status` (megabytes). */
const MEMORY = 200;
const MEMORY_WITH_ARRAY = 700;

const always = (value: number) => () => value;
const bySize = (sizes: readonly (readonly [rows: number, value: number])[]) => (rows: number) =>
  sizes.find(([most]) => rows <= most)?.[1] ?? null;
const atAMillion = (value: number) => (rows: number) => (rows >= MILLION ? value : null);

const block = (what: string, ours: string): Measure => ({
  what: `${what}: longest block of the event loop`,
  unit: 'ms',
  ours,
  judge: 'max',
  mustReach: always(LONGEST_BLOCK),
});

const peak = (what: string, probe: string, most: number, pandas?: string): Measure => ({
  what: `${what}: peak memory`,
  unit: 'MB',
  ours: `${probe}.peakMb`,
  ...(pandas !== undefined && { pandas: `${pandas}.peakMb` }),
  judge: 'max',
  mustReach: always(most),
});

/** The table, in the order in which it is shown. */
export const MEASURES: readonly Measure[] = [
  {
    what: 'one update, durable',
    unit: 'ms',
    ours: 'durable.ms',
    pandas: 'update.ms',
    limit: 'limits.commitMs',
    mustReach: always(1),
  },
  {
    what: 'one update, in the CSV',
    unit: 'ms',
    ours: 'update.ms',
    pandas: 'update.ms',
    limit: 'limits.replaceMs',
    mustReach: bySize([
      [1000, 5],
      [100_000, 60],
      [MILLION, 1000],
    ]),
  },
  { what: 'the first update of a process (scan, backup)', unit: 'ms', ours: 'update.firstMs' },
  { what: 'a hundred updates at once, all in the CSV', unit: 'ms', ours: 'update.togetherMs' },
  block('single updates', 'update.blockMs'),
  block('a hundred updates at once', 'update.togetherBlockMs'),
  peak('single updates', 'update', MEMORY, 'update'),
  {
    what: 'one update, in the CSV, after a run',
    unit: 'ms',
    ours: 'updateWorked.ms',
    mustReach: bySize([
      [1000, 5],
      [100_000, 60],
      [MILLION, 1000],
    ]),
  },
  block('single updates after a run', 'updateWorked.blockMs'),
  peak('single updates after a run', 'updateWorked', MEMORY),
  {
    what: '4 processes, 200 updates (20 at a million rows)',
    unit: 's',
    ours: 'processes.seconds',
    mustReach: bySize([[100_000, 10]]),
  },
  {
    what: '4 processes: updates lost',
    unit: '',
    ours: 'processes.lost',
    judge: 'max',
    mustReach: always(0),
  },
  { what: '4 processes: the longest update', unit: 'ms', ours: 'processes.longestMs' },
  {
    what: 'results recorded, 512 under way',
    unit: 'per second',
    ours: 'grouped.perSecond',
    pandas: 'grouped.perSecond',
    limit: 'limits.resultsPerSecond',
    mustReach: always(10_000),
    moreIsBetter: true,
  },
  block('results recorded, 512 under way', 'grouped.blockMs'),
  { what: 'results recorded, all asked for at once', unit: 'per second', ours: 'burst.perSecond' },
  {
    what: 'results recorded, all asked for at once: longest block of the event loop',
    unit: 'ms',
    ours: 'burst.blockMs',
    judge: 'max',
  },
  {
    what: 'a run with one result per row, own time',
    unit: 's',
    ours: 'run.seconds',
    pandas: 'run.seconds',
    mustReach: bySize([
      [100_000, 60],
      [MILLION, 300],
    ]),
  },
  { what: 'share of that run which was measured, not projected', unit: '', ours: 'run.measuredShare' },
  { what: 'that run: before the first download (prepare)', unit: 'ms', ours: 'run.prepareMs' },
  { what: 'that run: plan', unit: 'ms', ours: 'run.planMs' },
  {
    what: 'that run: downloads begun and recorded',
    unit: 'per second',
    ours: 'run.resultsPerSecond',
  },
  { what: 'that run: projections', unit: '', ours: 'run.projections' },
  { what: 'that run: one projection', unit: 'ms', ours: 'run.projectionMs', limit: 'limits.replaceMs' },
  { what: 'that run: last projection', unit: 'ms', ours: 'run.flushMs' },
  { what: 'that run: processor time', unit: 's', ours: 'run.cpuSeconds' },
  block('that run, prepare', 'run.prepareBlockMs'),
  block('that run, plan', 'run.planBlockMs'),
  block('that run, downloads', 'run.workBlockMs'),
  block('that run, last projection', 'run.flushBlockMs'),
  peak('that run', 'run', MEMORY, 'update'),
  {
    what: 'the same run with nine downloads under way for each source, as by default',
    unit: 's',
    ours: 'runByDefault.seconds',
    mustReach: bySize([
      [100_000, 60],
      [MILLION, 300],
    ]),
  },
  {
    what: '`rowtrail run`, all of it, where nobody can fetch any link',
    unit: 's',
    ours: 'commandRun.seconds',
    mustReach: bySize([[100_000, 60]]),
  },
  { what: 'that command: processor time', unit: 's', ours: 'commandRun.cpuSeconds' },
  peak('that command', 'commandRun', MEMORY),
  {
    what: 'pending, youtube, one at a time',
    unit: 'ms',
    ours: 'pending.ms',
    pandas: 'pending.ms',
    limit: 'limits.byteScanMs',
    mustReach: always(2000),
  },
  { what: 'pending, youtube: processor time', unit: 'ms', ours: 'pending.cpuMs', pandas: 'pending.cpuMs' },
  block('pending, youtube', 'pending.blockMs'),
  peak('pending, youtube', 'pending', MEMORY, 'pending'),
  { what: 'pending, both', unit: 'ms', ours: 'pendingBoth.ms', mustReach: always(2000) },
  block('pending, both', 'pendingBoth.blockMs'),
  { what: 'pending, both, as an array', unit: 'ms', ours: 'pendingArray.ms', mustReach: always(2000) },
  block('pending, both, as an array', 'pendingArray.blockMs'),
  peak('pending, both, as an array', 'pendingArray', MEMORY_WITH_ARRAY),
  {
    what: 'pending, youtube, after a run',
    unit: 'ms',
    ours: 'pendingWorked.ms',
    pandas: 'pendingWorked.ms',
    mustReach: always(2000),
  },
  block('pending, youtube, after a run', 'pendingWorked.blockMs'),
  peak('pending, youtube, after a run', 'pendingWorked', MEMORY, 'pendingWorked'),
  {
    what: 'summary',
    unit: 'ms',
    ours: 'summary.ms',
    pandas: 'summary.ms',
    duckdb: 'summary.ms',
    limit: 'limits.byteScanMs',
  },
  block('summary', 'summary.blockMs'),
  { ...peak('summary', 'summary', MEMORY, 'summary'), duckdb: 'summary.peakMb' },
  {
    what: 'summary, after a run',
    unit: 'ms',
    ours: 'summaryWorked.ms',
    pandas: 'summaryWorked.ms',
    mustReach: atAMillion(2000),
  },
  block('summary, after a run', 'summaryWorked.blockMs'),
  peak('summary, after a run', 'summaryWorked', MEMORY, 'summaryWorked'),
  { what: 'summary, after a run and a save by somebody else', unit: 'ms', ours: 'summarySaved.ms' },
  block('summary, after a run and a save by somebody else', 'summarySaved.blockMs'),
  peak('summary, after a run and a save by somebody else', 'summarySaved', MEMORY),
  {
    what: 'first opening: scan',
    unit: 'ms',
    ours: 'scan.ms',
    duckdb: 'scan.ms',
    limit: 'limits.byteScanMs',
  },
  block('first opening: scan', 'scan.blockMs'),
  { ...peak('first opening: scan', 'scan', MEMORY), duckdb: 'scan.peakMb' },
  {
    what: 'first opening: scan, backup and tracking columns',
    unit: 'ms',
    ours: 'columns.ms',
    pandas: 'columns.ms',
    limit: 'limits.replaceMs',
  },
  block('first opening: tracking columns', 'columns.blockMs'),
  peak('first opening: tracking columns', 'columns', MEMORY, 'columns'),
];

/** Limits of the machine that stand behind the table. */
export const LIMITS: readonly {
  readonly what: string;
  readonly unit: 'ms' | 'per second';
  readonly key: string;
}[] = [
  { what: 'a line appended and made durable (fdatasync)', unit: 'ms', key: 'limits.appendMs' },
  { what: 'a commit of one small row in SQLite (WAL, FULL)', unit: 'ms', key: 'limits.commitMs' },
  {
    what: 'results in SQLite, four small rows each, 500 a commit, no thread between',
    unit: 'per second',
    key: 'limits.resultsPerSecond',
  },
  {
    what: 'the CSV copied, made durable and renamed, no byte looked at',
    unit: 'ms',
    key: 'limits.replaceMs',
  },
  { what: 'each byte of the CSV looked at once in JavaScript', unit: 'ms', key: 'limits.byteScanMs' },
];

/** One kind of work that all sides do. */
export interface Column {
  readonly name: string;
  readonly title: string;
  readonly files: number;
  readonly bytes: number;
  /** Milliseconds between a request and its answer. */
  readonly latencyMs: number;
  /** What each connection gets; 0 for as much as it takes. */
  readonly bytesPerSecond: number;
  /** Our wall time at most, as a multiple of curl's. */
  readonly mostOfCurl: number;
  /** Our peak memory at most, in megabytes; null for no limit. */
  readonly mostMemory: number | null;
}

const KIB = 1 << 10;
const MIB = 1 << 20;
const GIB = 1 << 30;
const plain = { latencyMs: 0, bytesPerSecond: 0, mostMemory: null };

export const COLUMNS: readonly Column[] = [
  {
    ...plain,
    name: 'small',
    title: '10,000 x 64 KiB',
    files: 10_000,
    bytes: 64 * KIB,
    mostOfCurl: 1.5,
    mostMemory: 200,
  },
  { ...plain, name: 'medium', title: '200 x 10 MiB', files: 200, bytes: 10 * MIB, mostOfCurl: 1.25 },
  {
    ...plain,
    name: 'large',
    title: '1 x 2 GiB',
    files: 1,
    bytes: 2 * GIB,
    mostOfCurl: 1.25,
    mostMemory: 200,
  },
  {
    ...plain,
    name: 'latency',
    title: '1,000 x 64 KiB at 50 ms latency',
    files: 1000,
    bytes: 64 * KIB,
    latencyMs: 50,
    mostOfCurl: 1,
  },
  {
    ...plain,
    name: 'slow',
    title: '10 MiB at 1 MB/s a connection',
    files: 1,
    bytes: 10 * MIB,
    bytesPerSecond: 1_000_000,
    // An eighth of a single connection, which is what curl has.
    mostOfCurl: 1 / 8,
  },
];

/** The same kinds of work with a tenth of it, to try the measurement itself. */
export function quickened(column: Column): Column {
  const files = Math.ceil(column.files / 10);
  const bytes = column.name === 'large' ? column.bytes / 8 : column.bytes;
  return { ...column, title: `${column.title}, shortened`, files, bytes };
}

import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { givenOptions } from '../errors/index.ts';
import { CsvTracker, type TrackerOptions } from './csv-tracker.ts';
import { type Place, placeOf } from './place.ts';

/** How long a tracker stays open after its last use, so that a series of calls opens the ledger once (milliseconds). */
const IDLE_MS = 2000;
/** Notes are passed on this often while a call is under way (milliseconds). */
const NOTES_MS = 250;

interface Shared {
  readonly tracker: Promise<CsvTracker>;
  ledgerFile: string | null;
  users: number;
  timer: NodeJS.Timeout | null;
}

const shared = new Map<string, Shared>();

/** Ledgers are closed properly when the process has nothing left to do; until then they do not keep it alive. */
process.on('beforeExit', () => {
  for (const [key, entry] of shared) {
    if (entry.users > 0) continue;
    shared.delete(key);
    void close(entry);
  }
});

/** The process' one tracker of a CSV, lent until it is disposed of. */
export interface LentTracker extends AsyncDisposable {
  readonly tracker: CsvTracker;
}

/**
 * Lends the process' one tracker of a CSV: calls that run at the same time share its projections. Nothing keeps the
 * process alive once it was given back.
 * @throws RowtrailError `file_missing` when there is no such CSV.
 */
export async function lendTracker(csvPath: string, given: TrackerOptions = {}): Promise<LentTracker> {
  const options = givenOptions(given);
  const place = await placeOf(csvPath);
  const key = JSON.stringify([place.csv, options.columns ?? null, options.store ?? null]);
  const entry = borrow(key, place, options);
  const tracker = await entry.tracker;
  const { onNote, onWait } = options;
  const passOn = () => tracker.takeNotes().forEach((note) => onNote?.(note));
  const look = waitWatcher(tracker, onWait ?? ((message) => onNote?.({ rowId: null, message })));
  const tell = () => {
    look();
    if (onNote !== undefined) passOn();
  };
  const isHeard = onNote !== undefined || onWait !== undefined;
  const timer = isHeard ? setInterval(tell, NOTES_MS).unref() : undefined;
  return {
    tracker,
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      passOn();
      entry.ledgerFile = fileNumber(place.ledger);
      giveBack(key, entry);
    },
  };
}

/** Tells once that the CSV is waited for. */
function waitWatcher(tracker: CsvTracker, tell: (message: string) => void): () => void {
  let told = false;
  return () => {
    if (told || !tracker.isWaitedFor) return;
    told = true;
    tell(`another program saves ${basename(tracker.place.csv)} again and again: waiting until it is still`);
  };
}

/** Does a piece of work with a lent tracker. */
export async function withTracker<Result>(
  csvPath: string,
  work: (tracker: CsvTracker) => Promise<Result>,
  options: TrackerOptions = {},
): Promise<Result> {
  await using lent = await lendTracker(csvPath, options);
  return await work(lent.tracker);
}

function borrow(key: string, place: Place, options: TrackerOptions): Shared {
  let entry = shared.get(key);
  // A ledger that was moved or deleted meanwhile must not be written to through an old handle.
  if (entry?.users === 0 && entry.ledgerFile !== fileNumber(place.ledger)) {
    shared.delete(key);
    void close(entry);
    entry = undefined;
  }
  entry = shared.get(key) ?? {
    tracker: CsvTracker.open(place.csv, options),
    ledgerFile: null,
    users: 0,
    timer: null,
  };
  shared.set(key, entry);
  entry.users++;
  if (entry.timer) clearTimeout(entry.timer);
  return entry;
}

function giveBack(key: string, entry: Shared): void {
  entry.users--;
  if (entry.users > 0) return;
  entry.timer = setTimeout(() => {
    if (shared.get(key) === entry) shared.delete(key);
    void close(entry);
  }, IDLE_MS).unref();
}

async function close(entry: Shared): Promise<void> {
  if (entry.timer) clearTimeout(entry.timer);
  await (await entry.tracker).close();
}

/** Which file a path leads to: the same file under another path has the same number. Null where there is none. */
export function fileNumber(path: string): string | null {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return null;
  }
}

import type { CsvSnapshot } from '../csv/index.ts';
import type { Ledger } from '../ledger/index.ts';
import {
  fileNumber,
  lendTracker,
  type LentTracker,
  type StatusOverlay,
  type TrackerOptions,
} from '../tracker/index.ts';
import { buildTable, type TableParts } from './build-table.ts';
import { RowAnswers } from './row-answers.ts';

/** The part of the building after which the CSV is scanned, and its rows are read. */
const SCANNED = 0.4;

/** Everything that belongs to one state of the CSV. */
export interface Standing {
  readonly lent: LentTracker;
  readonly ledgerFile: string | null;
  snapshot: CsvSnapshot;
  readonly overlay: StatusOverlay;
  readonly parts: TableParts;
  readonly answers: RowAnswers;
  /** The last change of the ledger that it shows. */
  seq: number;
  readonly builtAt: number;
  readonly buildMs: number;
}

/**
 * Reads CSV and ledger and makes a table's parts of them.
 * @param onFraction told how much of it is done, from 0 to 1
 * @throws RowtrailError as opening the CSV does; CsvChangedError when it was changed in place meanwhile
 */
export async function openStanding(
  csvPath: string,
  tracking: TrackerOptions,
  onFraction: (fraction: number) => void,
): Promise<Standing> {
  onFraction(0);
  const builtAt = performance.now();
  const lent = await lendTracker(csvPath, tracking);
  let snapshot: CsvSnapshot | null = null;
  try {
    const { tracker } = lent;
    await tracker.sync();
    const ledger = await tracker.existingLedger();
    const seq = ledger === null ? 0 : await startOf(ledger);
    snapshot = await tracker.snapshot();
    onFraction(SCANNED);
    const overlay = await tracker.overlay(snapshot);
    const parts = await buildTable(snapshot, overlay, ledger, (fraction) =>
      onFraction(SCANNED + fraction * (1 - SCANNED)),
    );
    const buildMs = performance.now() - builtAt;
    const ledgerFile = fileNumber(tracker.place.ledger);
    const answers = new RowAnswers(parts);
    return { lent, ledgerFile, snapshot, overlay, parts, answers, seq, builtAt, buildMs };
  } catch (error) {
    await snapshot?.close();
    await lent[Symbol.asyncDispose]();
    throw error;
  }
}

export async function closeStanding({ answers, snapshot, lent }: Standing): Promise<void> {
  answers[Symbol.dispose]();
  await snapshot.close();
  await lent[Symbol.asyncDispose]();
}

/** Whether its ledger is still the file that it was: it may be lost, or have come. */
export function hasItsLedger({ ledgerFile, lent }: Standing): boolean {
  return ledgerFile === fileNumber(lent.tracker.place.ledger);
}

/** What the CSV does not show yet is told of as well. */
async function startOf(ledger: Ledger): Promise<number> {
  const last = await ledger.lastChange();
  const [first] = await ledger.unprojected(0, 1);
  return first === undefined ? last : Math.min(first.seq - 1, last);
}

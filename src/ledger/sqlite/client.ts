import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoOf, fileError } from '../../errors/index.ts';
import { attemptTotals, type AttemptSum } from '../attempt-totals.ts';
import type { MetricSample } from '../history.ts';
import type { Ledger } from '../ledger.ts';
import type { AttemptSlice } from './attempt-log.ts';
import { copyForReading } from './copy-for-reading.ts';
import { LedgerThread } from './thread/ledger-thread.ts';
import type { Migration, OperationArguments, OperationName, OperationResult } from './thread/protocol.ts';
import type { SampleSlice } from './samples.ts';
import { clearSuspicion, isSuspect } from './suspicion.ts';

export interface OpenLedgerOptions {
  /** Told before a ledger of an earlier format is brought up to date: a million rows take a minute. */
  readonly onMigration?: (migration: Migration) => void;
}

/**
 * The SQLite ledger, in a worker thread of its own. The thread keeps the process alive only while a call is waiting.
 * @param path of ledger.db; it and its folder are made when they are missing.
 * @throws RowtrailError ledger_newer, ledger_corrupt, access_denied, disk_full
 */
export async function openSqliteLedger(path: string, options: OpenLedgerOptions = {}): Promise<Ledger> {
  try {
    await mkdir(dirname(path), { recursive: true });
  } catch (error) {
    throw fileError(error, 'cannot make the folder of the ledger', { file: dirname(path) });
  }
  const ledger = new SqliteLedger(path, false, options);
  try {
    if (isSuspect(path)) await ledger.check();
    else await ledger.csvMark();
    await clearSuspicion(path);
    return ledger;
  } catch (error) {
    await ledger.close();
    throw error;
  }
}

/**
 * A ledger whose folder cannot be written to, as it stands now; every change is refused. It is read from a copy that is gone
 * from the temporary folder as soon as it is open.
 * @throws RowtrailError ledger_newer, ledger_corrupt, access_denied, disk_full, locked
 */
export async function openLedgerCopy(path: string): Promise<Ledger> {
  const { folder, copy } = await copyForReading(path);
  const ledger = new SqliteLedger(copy, true, {});
  try {
    await ledger.csvMark();
    return ledger;
  } catch (error) {
    await ledger.close();
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Moves a ledger that cannot be read out of the way, so that a new one can be made; nothing of it is deleted.
 * The caller holds the lock that keeps other processes from doing the same.
 * @returns where it was put
 */
export async function setAsideLedger(path: string, now: Date): Promise<string> {
  const aside = `${path}.damaged-${now.toISOString().replaceAll(':', '-')}`;
  await rename(path, aside);
  for (const ending of ['-wal', '-shm']) {
    await rename(path + ending, aside + ending).catch((error: unknown) => {
      if (errnoOf(error) !== 'ENOENT') throw error;
    });
  }
  await clearSuspicion(path);
  return aside;
}

/** Takes over what another ledger holds, into one that knows no row. @returns false where it knows some */
export async function absorbLedger(path: string, from: string): Promise<boolean> {
  const ledger = new SqliteLedger(path, false, {});
  try {
    return await ledger.absorb(from);
  } finally {
    await ledger.close();
  }
}

class SqliteLedger implements Ledger {
  readonly #thread: LedgerThread;

  constructor(path: string, readOnly: boolean, { onMigration }: OpenLedgerOptions) {
    this.#thread = new LedgerThread({ path, readOnly }, onMigration);
  }

  readonly begin = this.#operation('begin');
  readonly record = this.#operation('record');
  readonly reset = this.#operation('reset');
  readonly adopt = this.#operation('adopt');
  readonly replay = this.#operation('replay');
  readonly restore = this.#operation('restore');
  readonly renameRow = this.#operation('renameRow');
  readonly letIn = this.#operation('letIn');
  readonly dueWith = this.#operation('dueWith');
  readonly recover = this.#operation('recover');
  readonly check = this.#operation('check');
  readonly setLinks = this.#operation('setLinks');
  readonly row = this.#operation('row');
  readonly rowsAfter = this.#operation('rowsAfter');
  readonly statusesAfter = this.#operation('statusesAfter');
  readonly statusesBeside = this.#operation('statusesBeside');
  readonly lastChange = this.#operation('lastChange');
  readonly changesAfter = this.#operation('changesAfter');
  readonly openCausesAfter = this.#operation('openCausesAfter');
  readonly unprojected = this.#operation('unprojected');
  readonly filesNamed = this.#operation('filesNamed');
  readonly filesWithHash = this.#operation('filesWithHash');
  readonly filesOfMedium = this.#operation('filesOfMedium');
  readonly itemsAfter = this.#operation('itemsAfter');
  readonly loseItems = this.#operation('loseItems');
  readonly regainItems = this.#operation('regainItems');
  readonly holdItems = this.#operation('holdItems');
  readonly forgetRow = this.#operation('forgetRow');
  readonly countRecordsOf = this.#operation('countRecordsOf');
  readonly placesOf = this.#operation('placesOf');
  readonly wasProjected = this.#operation('wasProjected');
  readonly markProjected = this.#operation('markProjected');
  readonly stepsFrom = this.#operation('stepsFrom');
  readonly csvMark = this.#operation('csvMark');
  readonly recordSample = this.#operation('recordSample');
  readonly dropSamples = this.#operation('dropSamples');
  readonly recentErrors = this.#operation('recentErrors');
  readonly attemptsOf = this.#operation('attemptsOf');
  readonly totals = this.#operation('totals');
  readonly #samplesAfter = this.#operation('samplesAfter');
  readonly #attemptsAfter = this.#operation('attemptsAfter');

  async samplesSince(at: string): Promise<readonly MetricSample[]> {
    const all: MetricSample[] = [];
    for (let from: string | null = at; from !== null;) {
      const { samples, next }: SampleSlice = await this.#samplesAfter(from, all.length > 0);
      all.push(...samples);
      from = next;
    }
    return all;
  }

  async attemptsSince(at: string | null) {
    const all: AttemptSum[] = [];
    for (let from: string | null = at ?? ''; from !== null;) {
      const { sums, next }: AttemptSlice = await this.#attemptsAfter(from);
      all.push(...sums);
      from = next;
    }
    return attemptTotals(all);
  }

  absorb(from: string): Promise<boolean> {
    return this.#thread.call('absorb', [from]);
  }

  scrub(): Promise<boolean> {
    return this.#thread.call('scrub', []);
  }

  close(): Promise<void> {
    return this.#thread.close();
  }

  #operation<Name extends OperationName>(name: Name) {
    return (...args: OperationArguments<Name>): Promise<OperationResult<Name>> =>
      this.#thread.call(name, args);
  }
}

import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { errnoOf, fileError, RowtrailError } from '../../errors/index.ts';
import { attemptTotals, type AttemptSum } from '../attempt-totals.ts';
import type { MetricSample } from '../history.ts';
import type { Ledger } from '../ledger.ts';
import type { AttemptSlice } from './attempt-log.ts';
import { copyForReading } from './copy-for-reading.ts';
import type {
  LedgerFailure,
  Migration,
  OperationArguments,
  OperationName,
  OperationResult,
  Request,
  RequestBatch,
  Response,
  ResponseBatch,
  WorkerOptions,
} from './protocol.ts';
import type { SampleSlice } from './samples.ts';
import { clearSuspicion, isSuspect, suspect } from './suspicion.ts';

/**
 * Answers that are passed on in one turn of the event loop. Whoever waited goes on in the same turn: hundreds at once would hold
 * everything else up, and the thread would have nothing to do meanwhile. So it works on the first calls that follow
 * while we are still busy with the rest.
 */
const ANSWERS_IN_A_TURN = 32;
/** Calls that go over in one turn, for the same reason. */
const CALLS_IN_A_TURN = 64;

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

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

class SqliteLedger implements Ledger {
  readonly #path: string;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  /** The calls of this turn of the event loop; they go over together, because each message costs as much as a call. */
  #outbox: Request[] = [];
  /** Answers that were not passed on yet, from `#passedOn` on. */
  #inbox: Response[] = [];
  #passedOn = 0;
  #lastId = 0;
  #ended: Error | null = null;

  constructor(path: string, readOnly: boolean, { onMigration }: OpenLedgerOptions) {
    this.#path = path;
    // The thread is started from the same kind of file as this one: .ts from sources, .js from the build.
    this.#worker = new Worker(new URL(`./worker${extname(import.meta.url)}`, import.meta.url), {
      workerData: { path, readOnly } satisfies WorkerOptions,
    });
    this.#worker.unref();
    this.#worker.on('message', (responses: ResponseBatch | Migration) => {
      if (!isBatch(responses)) {
        onMigration?.(responses);
        return;
      }
      const isIdle = this.#inbox.length === 0;
      for (const response of responses) this.#inbox.push(response);
      if (isIdle) this.#passOn();
    });
    this.#worker.on('error', (error) => this.#end(error));
    this.#worker.on('exit', () => this.#end(new RowtrailError('unknown', 'the ledger is closed')));
  }

  readonly begin = this.#operation('begin');
  readonly record = this.#operation('record');
  readonly reset = this.#operation('reset');
  readonly adopt = this.#operation('adopt');
  readonly renameRow = this.#operation('renameRow');
  readonly letIn = this.#operation('letIn');
  readonly recover = this.#operation('recover');
  readonly check = this.#operation('check');
  readonly setLinks = this.#operation('setLinks');
  readonly row = this.#operation('row');
  readonly rowsAfter = this.#operation('rowsAfter');
  readonly statusesAfter = this.#operation('statusesAfter');
  readonly statusesBeside = this.#operation('statusesBeside');
  readonly unprojected = this.#operation('unprojected');
  readonly filesNamed = this.#operation('filesNamed');
  readonly filesWithHash = this.#operation('filesWithHash');
  readonly filesOfMedium = this.#operation('filesOfMedium');
  readonly itemsAfter = this.#operation('itemsAfter');
  readonly loseItems = this.#operation('loseItems');
  readonly regainItems = this.#operation('regainItems');
  readonly holdItems = this.#operation('holdItems');
  readonly forgetRow = this.#operation('forgetRow');
  readonly placesOf = this.#operation('placesOf');
  readonly wasProjected = this.#operation('wasProjected');
  readonly markProjected = this.#operation('markProjected');
  readonly stepsFrom = this.#operation('stepsFrom');
  readonly csvMark = this.#operation('csvMark');
  readonly recordSample = this.#operation('recordSample');
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

  async close(): Promise<void> {
    if (this.#ended) return;
    await this.#call('close', []);
    await this.#worker.terminate();
  }

  #operation<Name extends OperationName>(name: Name) {
    return (...args: OperationArguments<Name>): Promise<OperationResult<Name>> => this.#call(name, args);
  }

  #call<Result>(name: Request['name'], args: readonly unknown[]): Promise<Result> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = ++this.#lastId;
    return new Promise<Result>((resolve, reject) => {
      if (this.#waiting.size === 0) this.#worker.ref();
      this.#waiting.set(id, { resolve, reject });
      if (this.#outbox.length === 0) queueMicrotask(() => this.#send());
      this.#outbox.push({ id, name, args });
    });
  }

  #send(): void {
    const requests = this.#outbox.splice(0, CALLS_IN_A_TURN);
    if (this.#outbox.length > 0) setImmediate(() => this.#send());
    this.#post(requests);
  }

  #post(requests: RequestBatch): void {
    try {
      this.#worker.postMessage(requests);
    } catch (error) {
      // An argument that cannot go over is one caller's mistake: the others' calls are made without it.
      if (requests.length > 1) for (const request of requests) this.#post([request]);
      else for (const { id } of requests) this.#take(id)?.reject(error);
    }
  }

  #passOn(): void {
    const until = Math.min(this.#passedOn + ANSWERS_IN_A_TURN, this.#inbox.length);
    for (const response of this.#inbox.slice(this.#passedOn, until)) this.#settle(response);
    this.#passedOn = until;
    if (until < this.#inbox.length) {
      setImmediate(() => this.#passOn());
      return;
    }
    this.#inbox = [];
    this.#passedOn = 0;
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#worker.unref();
    return waiting;
  }

  #settle(response: Response): void {
    const waiting = this.#take(response.id);
    if (response.ok) waiting?.resolve(response.value as never);
    else {
      if (response.error.cause === 'ledger_corrupt') suspect(this.#path);
      waiting?.reject(toError(response.error));
    }
  }

  #end(error: unknown): void {
    this.#ended ??= error instanceof Error ? error : new Error(String(error));
    // What was answered before the thread ended is true.
    for (const response of this.#inbox.splice(0).slice(this.#passedOn)) this.#settle(response);
    this.#passedOn = 0;
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}

function isBatch(message: ResponseBatch | Migration): message is ResponseBatch {
  return Array.isArray(message);
}

function toError({ cause, message, stack }: LedgerFailure): RowtrailError {
  const error = new RowtrailError(cause, message);
  if (stack !== undefined) error.stack = stack;
  return error;
}

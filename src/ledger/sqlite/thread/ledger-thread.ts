import type { Worker } from 'node:worker_threads';
import { RowtrailError } from '../../../errors/index.ts';
import type {
  LedgerFailure,
  Migration,
  Request,
  RequestBatch,
  Response,
  ResponseBatch,
  WorkerOptions,
} from './protocol.ts';
import { suspect } from '../suspicion.ts';
import { takeLedgerWorker } from './prepared.ts';

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

/** The thread that keeps a ledger, as seen from here. It keeps the process alive only while a call is waiting. */
export class LedgerThread {
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

  /** @param onMigration told before an older ledger is brought up to date */
  constructor(options: WorkerOptions, onMigration?: (migration: Migration) => void) {
    this.#path = options.path;
    this.#worker = takeLedgerWorker();
    this.#worker.postMessage(options);
    this.#worker.on('message', (message: ResponseBatch | Migration) => {
      if (isBatch(message)) this.#receive(message);
      else onMigration?.(message);
    });
    this.#worker.on('error', (error) => this.#end(error));
    this.#worker.on('exit', () => this.#end(new RowtrailError('unknown', 'the ledger is closed')));
  }

  /** Asks for an operation. @throws RowtrailError as the operation does, or when the thread has ended */
  call<Result>(name: Request['name'], args: readonly unknown[]): Promise<Result> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = ++this.#lastId;
    return new Promise<Result>((resolve, reject) => {
      if (this.#waiting.size === 0) this.#worker.ref();
      this.#waiting.set(id, { resolve, reject });
      if (this.#outbox.length === 0) setImmediate(() => this.#send());
      this.#outbox.push({ id, name, args });
    });
  }

  /** Ends the thread once everything that was asked for is done. */
  async close(): Promise<void> {
    if (this.#ended) return;
    await this.call('close', []);
    await this.#worker.terminate();
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

  #receive(responses: ResponseBatch): void {
    const isIdle = this.#inbox.length === 0;
    for (const response of responses) this.#inbox.push(response);
    if (isIdle) this.#passOn();
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

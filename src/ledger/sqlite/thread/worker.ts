import { parentPort } from 'node:worker_threads';
import { absorbDatabase } from '../absorb.ts';
import { isBusy, openDatabase, scrubDatabase, toLedgerFailure } from '../database.ts';
import { Durability } from '../durability.ts';
import { makeOperations } from '../operations.ts';
import type {
  OperationName,
  Request,
  RequestBatch,
  Response,
  ResponseBatch,
  WorkerOptions,
} from './protocol.ts';

/**
 * The thread that owns the SQLite connection. Requests that arrive while it works are done together, in one transaction
 * with one sync at most, and answered after the commit: an answer means as durable as the operation says.
 */

/**
 * Milliseconds of work in one transaction, so that other processes get their turn. Its answers come to the main thread at once,
 * hundreds in so short a time, and are unpacked there without a pause.
 */
const SLICE_MS = 10;
/** Milliseconds until a transaction is tried again while another process holds the database. */
const BUSY_DELAY_MS = 3;

const port = parentPort;
if (port === null) throw new Error('the ledger worker runs in a worker thread only');

/** The first message; the others are requests. */
let options: WorkerOptions;
const queue: Request[] = [];
let connection: ReturnType<typeof connect> | null = null;
let scheduled = false;
/** Whether each request gets a savepoint of its own: only after one failed, because that costs as much as the request. */
let careful = false;

port.once('message', (given: WorkerOptions) => {
  options = given;
  port.on('message', (requests: RequestBatch) => {
    for (const request of requests) queue.push(request);
    schedule(0);
  });
});

function schedule(delay: number): void {
  if (scheduled) return;
  scheduled = true;
  const run = () => {
    scheduled = false;
    work();
  };
  if (delay === 0) setImmediate(run);
  else setTimeout(run, delay);
}

/** A request threw; the others of its transaction are to be done without it. */
class RequestFailed extends Error {
  constructor(cause: unknown) {
    super('a request failed', { cause });
  }
}

function work(): void {
  if (queue.length === 0) return;
  if (queue[0]?.name === 'scrub' || queue[0]?.name === 'absorb') {
    doOutside(queue[0]);
    return;
  }
  if (queue[0]?.name === 'close') {
    connection?.close();
    connection = null;
    answer([{ id: queue[0].id, ok: true, value: undefined }]);
    queue.shift();
    port?.close();
    return;
  }
  const answers: Response[] = [];
  let taken = 0;
  try {
    connection ??= connect();
    const { begin, commit, savepoint, operations } = connection;
    begin(waitingOperations());
    const until = performance.now() + SLICE_MS;
    while (taken < queue.length && performance.now() < until) {
      const request = queue[taken];
      if (request === undefined || isOutside(request.name)) break;
      taken++;
      const { id, name, args } = request;
      const operation = operations[name] as (...given: unknown[]) => unknown;
      const run = () => operation(...args);
      try {
        answers.push({ id, ok: true, value: careful ? savepoint(run) : run() });
      } catch (error) {
        if (!careful) throw new RequestFailed(error);
        answers.push({ id, ok: false, error: toLedgerFailure(error) });
      }
    }
    commit();
    careful = false;
  } catch (error) {
    connection?.rollback();
    if (error instanceof RequestFailed) {
      // Once more, so that the request that failed takes only itself back.
      careful = true;
      schedule(0);
      return;
    }
    if (isBusy(error)) {
      schedule(BUSY_DELAY_MS);
      return;
    }
    // The whole transaction failed (a full disk, say): nobody's result is durable, so everybody hears of it.
    const failure = toLedgerFailure(error);
    answer(queue.splice(0, Math.max(taken, 1)).map(({ id }) => ({ id, ok: false, error: failure })));
    if (queue.length > 0) schedule(0);
    return;
  }
  queue.splice(0, taken);
  answer(answers);
  if (queue.length > 0) schedule(0);
}

/** What cannot be done within a transaction. */
function isOutside(name: Request['name']): name is 'scrub' | 'absorb' | 'close' {
  return name === 'scrub' || name === 'absorb' || name === 'close';
}

function doOutside({ id, name, args }: Request): void {
  let response: Response;
  try {
    connection ??= connect();
    const value = name === 'absorb' ? connection.absorb(String(args[0])) : connection.scrub();
    response = { id, ok: true, value };
  } catch (error) {
    if (isBusy(error)) {
      schedule(BUSY_DELAY_MS);
      return;
    }
    response = { id, ok: false, error: toLedgerFailure(error) };
  }
  queue.shift();
  answer([response]);
  if (queue.length > 0) schedule(0);
}

/** What the next transaction may do. */
function waitingOperations(): OperationName[] {
  const names: OperationName[] = [];
  for (const { name } of queue) {
    if (isOutside(name)) break;
    names.push(name);
  }
  return names;
}

function connect() {
  const { path, readOnly } = options;
  const db = openDatabase(path, (migration) => port?.postMessage(migration));
  if (readOnly) db.pragma('query_only = ON');
  const begin = db.prepare(readOnly ? 'BEGIN' : 'BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const rollback = db.prepare('ROLLBACK');
  const durability = new Durability(db);
  const { operations, beforeCommit, afterRollback } = makeOperations(db, () => {
    if (!readOnly) durability.showing();
  });
  return {
    begin: (names: readonly OperationName[]) => {
      durability.prepare(names);
      begin.run();
    },
    commit: () => {
      beforeCommit();
      durability.beforeCommit();
      commit.run();
      durability.afterCommit();
    },
    rollback: () => {
      if (db.inTransaction) rollback.run();
      afterRollback();
      durability.afterRollback();
    },
    // Inside a transaction better-sqlite3 makes this a savepoint: a request that fails takes only itself back, sums included.
    savepoint: (run: () => unknown) => {
      try {
        return db.transaction(() => {
          const value = run();
          beforeCommit();
          return value;
        })();
      } catch (error) {
        afterRollback();
        throw error;
      }
    },
    operations,
    scrub: () => scrubDatabase(db),
    absorb: (from: string) => absorbDatabase(db, from),
    close: () => db.close(),
  };
}

function answer(responses: ResponseBatch): void {
  port?.postMessage(responses);
}

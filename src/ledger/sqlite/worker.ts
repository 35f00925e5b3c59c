import { parentPort, workerData } from 'node:worker_threads';
import { isBusy, openDatabase, toLedgerFailure } from './database.ts';
import { Operations } from './operations.ts';
import type { Request, Response, WorkerOptions } from './protocol.ts';

/**
 * The thread that owns the SQLite connection. Requests that arrive while it works are done together, in one transaction
 * with one fsync, and answered after the commit: an answer means durable.
 */

/** Milliseconds of work in one transaction, so that other processes get their turn. */
const SLICE_MS = 25;
/** Milliseconds until a transaction is tried again while another process holds the database. */
const BUSY_DELAY_MS = 3;

const port = parentPort;
if (port === null) throw new Error('the ledger worker runs in a worker thread only');

const { path } = workerData as WorkerOptions;
const queue: Request[] = [];
let connection: ReturnType<typeof connect> | null = null;
let scheduled = false;
/** Whether each request gets a savepoint of its own: only after one failed, because that costs as much as the request. */
let careful = false;

port.on('message', (request: Request) => {
  queue.push(request);
  schedule(0);
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
  if (queue[0]?.name === 'close') {
    connection?.close();
    connection = null;
    answer({ id: queue[0].id, ok: true, value: undefined });
    queue.shift();
    port?.close();
    return;
  }
  const answers: Response[] = [];
  let taken = 0;
  try {
    connection ??= connect();
    const { begin, commit, savepoint, operations } = connection;
    begin();
    const until = performance.now() + SLICE_MS;
    while (taken < queue.length && performance.now() < until) {
      const request = queue[taken];
      if (request === undefined || request.name === 'close') break;
      taken++;
      const { id, name, args } = request;
      const operation = operations[name] as (...given: unknown[]) => unknown;
      const run = () => operation.apply(operations, [...args]);
      try {
        answers.push({ id, ok: true, value: careful ? savepoint(run) : run() });
      } catch (error) {
        if (!careful) throw new RequestFailed(error);
        answers.push({ id, ok: false, error: toLedgerFailure(error) });
      }
    }
    operations.beforeCommit();
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
    for (const request of queue.splice(0, Math.max(taken, 1))) {
      answer({ id: request.id, ok: false, error: toLedgerFailure(error) });
    }
    if (queue.length > 0) schedule(0);
    return;
  }
  queue.splice(0, taken);
  for (const each of answers) answer(each);
  if (queue.length > 0) schedule(0);
}

function connect() {
  const db = openDatabase(path);
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const rollback = db.prepare('ROLLBACK');
  const operations = new Operations(db);
  return {
    begin: () => void begin.run(),
    commit: () => void commit.run(),
    rollback: () => {
      if (db.inTransaction) rollback.run();
      operations.afterRollback();
    },
    // Inside a transaction better-sqlite3 makes this a savepoint: a request that fails takes only itself back.
    savepoint: (run: () => unknown) => db.transaction(run)(),
    operations,
    close: () => db.close(),
  };
}

function answer(response: Response): void {
  port?.postMessage(response);
}

import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { threadFlags } from '../../../threads/index.ts';

/** Started for whoever opens a ledger next. */
let prepared: Worker | null = null;

/**
 * Has a thread start for the ledger that will be opened soon, while other things are loaded or waited for: its start takes longer than a CSV of
 * some thousand rows does. Does nothing to any ledger, and keeps no process alive.
 */
export function prepareLedgerThread(): void {
  if (prepared !== null) return;
  const worker = startWorker();
  // What ended it will be met by the thread that is started in its place.
  worker.once('error', () => {
    if (prepared === worker) prepared = null;
  });
  prepared = worker;
}

/** The thread that was prepared, or a new one. It belongs to the caller. */
export function takeLedgerWorker(): Worker {
  const worker = prepared ?? startWorker();
  prepared = null;
  return worker;
}

function startWorker(): Worker {
  // The thread is started from the same kind of file as this one: .ts from sources, .js from the build.
  const file = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);
  const worker = new Worker(file, threadFlags());
  worker.unref();
  return worker;
}

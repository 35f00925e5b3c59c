import { execFile } from 'node:child_process';
import { appendFile, readFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { Internet } from '../../src/demo/internet/index.ts';
import {
  type Cause,
  downloadDriveWithContext,
  type ErrorContext,
  ErrorHandler,
  NotInCsvError,
  updateCsvDownloadStatus,
  validateCsvIntegrity,
} from '../../src/index.ts';
import { itemOf, newBucket } from '../files/bucket/fixtures.ts';
import type { S3Options } from '../support/s3/server.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { contextOf, csvFile, HEADER, rowOf, success } from '../tracker/fixtures.ts';
import { fileLink } from './plantings.ts';

/** What a call of the API throws, as its context; `recorded` where the result is kept all the same. */
export interface Thrown {
  readonly context: ErrorContext;
  readonly recorded: boolean;
}

async function thrownBy(call: Promise<unknown>): Promise<Thrown> {
  const error: unknown = await call.then(
    () => new Error('nothing was thrown'),
    (reason: unknown) => reason,
  );
  const context = new ErrorHandler().handleError(error);
  return { context, recorded: error instanceof NotInCsvError };
}

const met = (context: ErrorContext): Thrown => ({ context, recorded: false });

/** A result for row 007 whose row or type is another one by then. */
async function resultFor(other: { readonly row_id?: string; readonly type?: string }): Promise<Thrown> {
  const csv = await csvFile();
  const before = await readFile(csv, 'utf8');
  const result = success(contextOf({ ...(await rowOf(csv, '007')), ...other }));
  const thrown = await thrownBy(updateCsvDownloadStatus(0, 'youtube', result, csv));
  for (const line of before.trimEnd().split('\r\n').slice(1))
    if (!(await readFile(csv, 'utf8')).includes(line)) throw new Error(`the row was touched: ${line}`);
  return thrown;
}

async function savedMeanwhile(): Promise<Thrown> {
  const rows = Array.from({ length: 50_000 }, (_, at) => `${at},,,t,,,`);
  const csv = await csvFile([HEADER, ...rows], '\n');
  let done = false;
  const checking = validateCsvIntegrity(csv).finally(() => (done = true));
  while (!done) {
    await appendFile(csv, '\n');
    await setImmediate();
  }
  const [context] = await checking;
  if (context === undefined) throw new Error('nothing was met');
  return met(context);
}

async function stoppedDownload({ drive, proxyUrl, caCertFile }: Internet): Promise<Thrown> {
  const { id } = drive.addFile({
    id: 'thrown-slow-1',
    body: { size: 1_000_000, seed: 2 },
    faults: { download: { bytesPerSecond: 100_000 } },
  });
  const outputDir = await tempFolder();
  const row = contextOf({ row_id: '1', type: 'T' });
  const network = { proxy: proxyUrl, caCertFile };
  const stop = AbortSignal.timeout(700);
  return thrownBy(downloadDriveWithContext(fileLink(id), row, { outputDir, network, signal: stop }));
}

async function tooManyFiles(): Promise<Thrown> {
  const script = fileURLToPath(new URL('too-many-files.ts', import.meta.url));
  const limited = ['-c', 'ulimit -n 120; exec "$@"', 'sh', process.execPath, script, await csvFile()];
  const { stdout } = await promisify(execFile)('sh', limited);
  return met(JSON.parse(stdout) as ErrorContext);
}

/** A thread of this program whose heap is too small, as that of the ledger could be. */
async function smallHeap(): Promise<Thrown> {
  const fill = 'const all = []; for (;;) all.push(new Array(1000).fill(Math.random()));';
  const worker = new Worker(fill, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 8 } });
  return thrownBy(new Promise((_, reject) => worker.once('error', reject)));
}

/** Errors that a call ends with; nothing of the rows is touched. */
/** A storage that behaves so when a file is put there. */
async function storageThat(does: S3Options): Promise<Thrown> {
  const { output } = await newBucket(does);
  return met((await thrownBy(output.storeItem(await itemOf(output, 'some bytes')))).context);
}

export const THROWN: Readonly<Partial<Record<Cause, (internet: Internet) => Promise<Thrown>>>> = {
  type_mismatch: () => resultFor({ type: 'another' }),
  csv_row_gone: () => resultFor({ row_id: '999' }),
  csv_changed: savedMeanwhile,
  interrupted: stoppedDownload,
  too_many_open_files: tooManyFiles,
  out_of_memory: smallHeap,
  storage_unreachable: () => storageThat({ onRequest: () => 'cut' }),
  storage_refused: () => storageThat({ onRequest: () => ({ status: 403, code: 'AccessDenied' }) }),
  storage_mismatch: () => storageThat({ onTold: () => Buffer.alloc(32).toString('base64') }),
};

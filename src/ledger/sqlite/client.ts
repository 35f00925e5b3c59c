import { writeFileSync } from 'node:fs';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { errnoOf, fileError, RowtrailError } from '../../errors/index.ts';
import type { Ledger } from '../ledger.ts';
import type {
  LedgerFailure,
  OperationArguments,
  OperationName,
  OperationResult,
  Request,
  Response,
  WorkerOptions,
} from './protocol.ts';

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The SQLite ledger, in a worker thread of its own. The thread keeps the process alive only while a call is waiting.
 * @param path of ledger.db; it and its folder are made when they are missing.
 * @throws RowtrailError ledger_newer, ledger_corrupt, access_denied, disk_full
 */
export async function openSqliteLedger(path: string): Promise<Ledger> {
  try {
    await mkdir(dirname(path), { recursive: true });
  } catch (error) {
    throw fileError(error, 'cannot make the folder of the ledger', { file: dirname(path) });
  }
  const ledger = new SqliteLedger(path);
  try {
    if (await isSuspect(path)) await ledger.check();
    else await ledger.csvMark();
    await rm(suspectMark(path), { force: true });
    return ledger;
  } catch (error) {
    await ledger.close();
    throw error;
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
  await rm(suspectMark(path), { force: true });
  return aside;
}

/**
 * A damage that is met in the middle of the work is noted beside the ledger, so that whoever opens it next looks through
 * all of it; a look at each opening would take seconds for a large one.
 */
function suspectMark(path: string): string {
  return `${path}.suspect`;
}

async function isSuspect(path: string): Promise<boolean> {
  try {
    await access(suspectMark(path));
    return true;
  } catch {
    return false;
  }
}

class SqliteLedger implements Ledger {
  readonly #path: string;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #ended: Error | null = null;

  constructor(path: string) {
    this.#path = path;
    // The thread is started from the same kind of file as this one: .ts from sources, .js from the build.
    this.#worker = new Worker(new URL(`./worker${extname(import.meta.url)}`, import.meta.url), {
      workerData: { path } satisfies WorkerOptions,
    });
    this.#worker.unref();
    this.#worker.on('message', (response: Response) => this.#settle(response));
    this.#worker.on('error', (error) => this.#end(error));
    this.#worker.on('exit', () => this.#end(new RowtrailError('unknown', 'the ledger is closed')));
  }

  readonly begin = this.#operation('begin');
  readonly record = this.#operation('record');
  readonly reset = this.#operation('reset');
  readonly adopt = this.#operation('adopt');
  readonly renameRow = this.#operation('renameRow');
  readonly recover = this.#operation('recover');
  readonly check = this.#operation('check');
  readonly setLinks = this.#operation('setLinks');
  readonly row = this.#operation('row');
  readonly rowsAfter = this.#operation('rowsAfter');
  readonly statusesAfter = this.#operation('statusesAfter');
  readonly unprojected = this.#operation('unprojected');
  readonly doneItems = this.#operation('doneItems');
  readonly filesNamed = this.#operation('filesNamed');
  readonly filesWithHash = this.#operation('filesWithHash');
  readonly wasProjected = this.#operation('wasProjected');
  readonly markProjected = this.#operation('markProjected');
  readonly csvMark = this.#operation('csvMark');

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
      this.#worker.postMessage({ id, name, args } satisfies Request);
    });
  }

  #settle(response: Response): void {
    const waiting = this.#waiting.get(response.id);
    this.#waiting.delete(response.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if (response.ok) waiting?.resolve(response.value as never);
    else {
      if (response.error.cause === 'ledger_corrupt') writeFileSync(suspectMark(this.#path), '');
      waiting?.reject(toError(response.error));
    }
  }

  #end(error: unknown): void {
    this.#ended ??= error instanceof Error ? error : new Error(String(error));
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}

function toError({ cause, message, stack }: LedgerFailure): RowtrailError {
  const error = new RowtrailError(cause, message);
  if (stack !== undefined) error.stack = stack;
  return error;
}

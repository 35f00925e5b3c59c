import { mkdir } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { RowtrailError } from '../../errors/index.ts';
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
 * @param path of ledger.db; its folder is made when it is missing. The file is opened with the first call.
 */
export async function openSqliteLedger(path: string): Promise<Ledger> {
  await mkdir(dirname(path), { recursive: true });
  return new SqliteLedger(path);
}

class SqliteLedger implements Ledger {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #ended: Error | null = null;

  constructor(path: string) {
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
  readonly recover = this.#operation('recover');
  readonly setLinks = this.#operation('setLinks');
  readonly row = this.#operation('row');
  readonly rowsAfter = this.#operation('rowsAfter');
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
    else waiting?.reject(toError(response.error));
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

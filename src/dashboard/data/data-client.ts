import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ApiError } from '../contract.ts';
import { threadFlags } from '../../threads/index.ts';
import type { Office } from './office.ts';
import type { Answer, News, OfficeOptions } from './protocol.ts';

type OfficeCall = Exclude<keyof Office, 'close'>;
type OfficeArguments<Name extends OfficeCall> = Parameters<Office[Name]>;
type OfficeResult<Name extends OfficeCall> = Awaited<ReturnType<Office[Name]>>;

/** Mebibytes for new objects: their space is collected more often, and stays small. */
const YOUNG_MB = 8;

/** An error of the thread, in the words that go out. */
export class OfficeError extends Error {
  readonly told: ApiError['error'];

  constructor(told: ApiError['error']) {
    super(told.message);
    this.told = told;
  }
}

/** The thread that reads CSV and ledger, as seen from the server. */
export class DataClient {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, PromiseWithResolvers<never>>();
  #lastId = 0;
  #ended: Error | null = null;

  constructor(options: OfficeOptions, onNews: (news: News) => void) {
    // From the same kind of file as this one: .ts from sources, .js from the build.
    this.#worker = new Worker(new URL(`./data-thread${extname(import.meta.url)}`, import.meta.url), {
      ...threadFlags(),
      workerData: options,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    this.#worker.on('message', (message: Answer | News) => {
      if ('news' in message) onNews(message);
      else this.#settle(message);
    });
    this.#worker.on('error', (error) => this.#end(error));
    this.#worker.on('exit', () => this.#end(new Error('the thread has ended')));
  }

  /** @throws OfficeError as the thread says it */
  call<Name extends OfficeCall>(name: Name, ...args: OfficeArguments<Name>): Promise<OfficeResult<Name>> {
    return this.#call(name, args);
  }

  async close(): Promise<void> {
    if (this.#ended === null) await this.#call('close', []).catch(() => {});
    await this.#worker.terminate();
  }

  #call<Result>(name: OfficeCall | 'close', args: readonly unknown[]): Promise<Result> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    const id = ++this.#lastId;
    const waiting = Promise.withResolvers<never>();
    this.#waiting.set(id, waiting);
    this.#worker.postMessage({ id, name, args });
    return waiting.promise;
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.ok) waiting?.resolve(answer.value as never);
    else waiting?.reject(new OfficeError(answer.error));
  }

  #end(error: unknown): void {
    this.#ended ??= error instanceof Error ? error : new Error(String(error));
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}

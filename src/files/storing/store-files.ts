import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { RowtrailError } from '../../errors/index.ts';
import { rememberName } from '../case-variants.ts';
import type { StoredItem, StoreRequest } from '../store.ts';
import { threadFlags } from '../../threads/index.ts';
import type { StoringAnswer, StoringFailure, StoringRequest } from './protocol.ts';

/**
 * Moves an item's files from staging or from memory to their final names and writes the item's sidecar, in the storing thread.
 * Another item's file is never replaced: a name that is taken (in any case) gets `~2`, `~3`. Files of the same row and item
 * are replaced. The bytes of files in memory are handed over: they are empty afterwards.
 *
 * A crash at any point leaves no file that no sidecar names: the sidecar, which lists names, sizes and hashes, is on
 * disk before the first file gets its name. Until then the files stay in staging for the next attempt. When this resolves, files,
 * sidecar and both names are on the disk.
 * @throws RowtrailError (disk_full, access_denied, write_failed); TypeError for an extension that is none
 */
export async function storeItem(request: StoreRequest): Promise<StoredItem> {
  const { rowId, rowIndex, type, name, email } = request.row;
  const row = { rowId, rowIndex, type, name, email };
  const bytes = request.staged.flatMap((file) => ('bytes' in file ? [file.bytes.buffer as ArrayBuffer] : []));
  const stored = await thread().call({ kind: 'store', request: { ...request, row } }, bytes);
  if (stored === null) throw new TypeError('the storing thread stored nothing');
  // So that this thread finds it, too, if it is asked for once more.
  await rememberName(request.outputDir, stored.metadataFile);
  return stored;
}

/** Has the storing thread start for files that will come soon, while other things are waited for. Keeps no process alive. */
export function prepareStoring(): void {
  thread();
}

/**
 * Keeps the staging folder of small files in place while many of them are stored; made only when there is one.
 * @returns lets go of it
 */
export async function holdSmallFiles(outputDir: string): Promise<() => Promise<void>> {
  await thread().call({ kind: 'hold', outputDir }, []);
  return async () => void (await thread().call({ kind: 'release', outputDir }, []));
}

interface Waiting {
  readonly resolve: (stored: StoredItem | null) => void;
  readonly reject: (error: unknown) => void;
}

type Call<Request extends StoringRequest = StoringRequest> = Request extends StoringRequest
  ? Omit<Request, 'id'>
  : never;

let shared: StoringThread | null = null;

const thread = () => (shared ??= new StoringThread());

/** Started with the first file; keeps the process alive only while somebody waits for it. */
class StoringThread {
  // The thread is started from the same kind of file as this one: .ts from sources, .js from the build.
  readonly #worker = new Worker(new URL(`./storing-thread${extname(import.meta.url)}`, import.meta.url), {
    ...threadFlags(),
    // What it holds of a file is over in a moment.
    resourceLimits: { maxYoungGenerationSizeMb: 3 },
  });
  readonly #waiting = new Map<number, Waiting>();
  #outbox: StoringRequest[] = [];
  #bytes: ArrayBuffer[] = [];
  #lastId = 0;

  constructor() {
    this.#worker.unref();
    // Its beginning holds the process once more.
    this.#worker.on('online', () => {
      if (this.#waiting.size === 0) this.#worker.unref();
    });
    this.#worker.on('message', (answers: readonly StoringAnswer[]) => {
      for (const answer of answers) this.#settle(answer);
    });
    this.#worker.on('error', (error) => this.#end(error));
    this.#worker.on('exit', () => this.#end(new Error('the storing thread has ended')));
  }

  call(request: Call, bytes: readonly ArrayBuffer[]): Promise<StoredItem | null> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.size === 0) this.#worker.ref();
      const id = ++this.#lastId;
      this.#waiting.set(id, { resolve, reject });
      // What is asked for in this turn of the event loop goes over together: a message costs more than what it says.
      if (this.#outbox.length === 0) setImmediate(() => this.#send());
      this.#outbox.push({ ...request, id });
      this.#bytes.push(...bytes);
    });
  }

  #send(): void {
    const requests = this.#outbox;
    const bytes = this.#bytes;
    this.#outbox = [];
    this.#bytes = [];
    this.#worker.postMessage(requests, bytes);
  }

  #settle(answer: StoringAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if ('failure' in answer) waiting?.reject(toError(answer.failure));
    else waiting?.resolve(answer.stored);
  }

  /** The next file gets a new thread. */
  #end(error: unknown): void {
    if (shared === this) shared = null;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

function toError({ message, stack, cause }: StoringFailure): Error {
  const error = cause === null ? new TypeError(message) : new RowtrailError(cause.code, message);
  if (cause !== null) {
    // The message names the file already.
    if (cause.file !== undefined) Object.assign(error, { file: cause.file });
    error.cause = Object.assign(new Error(message), { code: cause.errno });
  }
  if (stack !== undefined) error.stack = stack;
  return error;
}

import { createHash, type Hash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { Agent, type Dispatcher } from 'undici';

/**
 * The least that Node and undici take for files that are hashed and on the disk: `dispatch`, whose chunks are written gathered while
 * more of them come, a thread that hashes out of the system's cache behind what is written, a sync of each file, and, of a large one,
 * one each 64 MiB. Small files are hashed where they arrive and written at once. It proves, names and records nothing.
 *
 * usage: limit-dispatch.js LIST FOLDER AT_ONCE
 */

const SMALL_BYTES = 512 << 10;
const WRITE_BYTES = 512 << 10;
const SYNC_BYTES = 64 << 20;

/** To the thread: so much of a file is written. From it: this file is hashed. */
interface Progress {
  readonly path: string;
  readonly bytes: number;
  readonly isAll: boolean;
}

/** Receives one body into a file. */
class Receiver implements Dispatcher.DispatchHandler {
  readonly done = Promise.withResolvers<void>();
  readonly #file: FileHandle;
  readonly #written: (bytes: number) => void;
  #controller: Dispatcher.DispatchController | null = null;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #at = 0;
  #synced = 0;
  #size = 0;
  #writing: Promise<void> | null = null;
  #syncing: Promise<void> = Promise.resolve();

  constructor(file: FileHandle, written: (bytes: number) => void) {
    this.#file = file;
    this.#written = written;
  }

  get size(): number {
    return this.#size;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    _status: number,
    headers: { [name: string]: unknown },
  ): void {
    this.#size = Number(headers['content-length']);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#size <= SMALL_BYTES || this.#bytes < WRITE_BYTES) return;
    if (this.#writing === null) this.#write();
    else controller.pause();
  }

  onResponseEnd(): void {
    this.#finish().then(this.done.resolve, this.done.reject);
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.done.reject(error);
  }

  #write(): void {
    const chunks = this.#chunks;
    const bytes = this.#bytes;
    this.#chunks = [];
    this.#bytes = 0;
    this.#writing = this.#writeOut(chunks, bytes);
    this.#writing.catch(this.done.reject);
  }

  async #writeOut(chunks: readonly Buffer[], bytes: number): Promise<void> {
    await this.#file.writev(chunks, this.#at);
    this.#writing = null;
    this.#at += bytes;
    this.#written(this.#at);
    if (this.#at - this.#synced > SYNC_BYTES) {
      this.#synced = this.#at;
      this.#syncing = this.#syncing.then(() => this.#file.datasync());
    }
    if (this.#controller?.paused === true) this.#controller.resume();
  }

  async #finish(): Promise<void> {
    await this.#writing;
    if (this.#size <= SMALL_BYTES) {
      const hash = createHash('sha256');
      for (const chunk of this.#chunks) hash.update(chunk);
      hash.digest('hex');
    }
    if (this.#bytes > 0) this.#write();
    await this.#writing;
    await this.#syncing;
    await this.#file.datasync();
  }
}

async function fetchAll(list: string, folder: string, atOnce: number): Promise<void> {
  const addresses = (await readFile(list, 'utf8')).trim().split('\n');
  const agent = new Agent({ allowH2: false });
  const waiting = new Map<string, () => void>();
  let thread: Worker | null = null;
  const hasher = () => {
    thread ??= new Worker(new URL(import.meta.url)).on('message', (path: string) => waiting.get(path)?.());
    return thread;
  };
  let taken = 0;
  const work = async () => {
    for (let address = addresses[taken++]; address !== undefined; address = addresses[taken++]) {
      const { origin, pathname } = new URL(address);
      const path = join(folder, basename(pathname));
      await using file = await open(path, 'w');
      const tell = (bytes: number, isAll: boolean) =>
        hasher().postMessage({ path, bytes, isAll } satisfies Progress);
      const receiver = new Receiver(file, (bytes) => {
        if (receiver.size > SMALL_BYTES) tell(bytes, false);
      });
      agent.dispatch({ origin, path: pathname, method: 'GET' }, receiver);
      await receiver.done.promise;
      if (receiver.size <= SMALL_BYTES) continue;
      await new Promise<void>((resolve) => {
        waiting.set(path, resolve);
        tell(receiver.size, true);
      });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  await agent.close();
  await (thread as Worker | null)?.terminate();
}

/** The thread: a file's turn is what was written of it when the message came. */
function hashBehind(): void {
  const files = new Map<string, { readonly fd: number; readonly hash: Hash; at: number }>();
  const buffer = Buffer.allocUnsafe(1 << 20);
  parentPort?.on('message', ({ path, bytes, isAll }: Progress) => {
    const file = files.get(path) ?? { fd: openSync(path, 'r'), hash: createHash('sha256'), at: 0 };
    files.set(path, file);
    while (file.at < bytes) {
      const read = readSync(file.fd, buffer, 0, Math.min(buffer.length, bytes - file.at), file.at);
      if (read === 0) throw new Error(`${path} is shorter than what was written into it`);
      file.hash.update(buffer.subarray(0, read));
      file.at += read;
    }
    if (!isAll) return;
    file.hash.digest('hex');
    closeSync(file.fd);
    files.delete(path);
    parentPort?.postMessage(path);
  });
}

if (isMainThread) {
  const [list = '', folder = '', atOnce = ''] = process.argv.slice(2);
  await fetchAll(list, folder, Number(atOnce));
} else hashBehind();

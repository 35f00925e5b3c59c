import { createHash, type Hash } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, fdatasync, openSync, writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { fetchRaw, type Receiver } from './raw-fetch.ts';

/**
 * What Node takes for files that are hashed and on the disk, with raw sockets and nothing else: sockets read into the slots of one
 * shared memory, and a thread writes what a slot holds and hashes it while it is still in the processor's cache. Each file is synced
 * at its end, a large one each 64 MiB. It proves, names and records nothing.
 *
 * usage: limit-hashed-socket.js LIST FOLDER AT_ONCE
 */

/** What a read gets at most. */
const SLOT_BYTES = 256 << 10;
/** For each connection: one that its next read goes to, one kept for it, and those that the thread works on. */
const SLOTS_A_CONNECTION = 4;
const SYNC_BYTES = 64 << 20;
/** So many files wait for the disk at most; each of them is open. */
const MOST_UNSYNCED = 512;

/** To the thread: what came of a file lies there; null after the last of all. Slots that are free again come back. */
interface Piece {
  readonly path: string;
  readonly slot: number;
  /** In the whole memory. */
  readonly at: number;
  readonly length: number;
  readonly isLast: boolean;
}

/** The memory, and the thread that empties it. */
class Slots {
  readonly #memory: Uint8Array<SharedArrayBuffer>;
  readonly #free: number[];
  /** As many are kept as there are connections, each of which may read once more before it hears that it has to wait. */
  readonly #kept: number;
  readonly #thread: Worker;
  #pieces: Piece[] = [];
  #paused: Socket[] = [];

  constructor(connections: number) {
    const count = connections * SLOTS_A_CONNECTION;
    this.#memory = new Uint8Array(new SharedArrayBuffer(count * SLOT_BYTES));
    this.#free = Array.from({ length: count }, (_, slot) => slot);
    this.#kept = connections;
    this.#thread = new Worker(new URL(import.meta.url), { workerData: this.#memory });
    this.#thread.on('message', (slots: readonly number[]) => this.#cameBack(slots));
  }

  /** What one connection reads into: it always holds the slot of its next read. */
  receiver(folder: string): Receiver {
    let path = '';
    let slot: number | undefined;
    return {
      buffer: () => {
        slot ??= this.#take();
        return this.#memory.subarray(slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES);
      },
      begin: (name) => {
        path = join(folder, name);
      },
      take: ({ byteOffset, length }, isLast) => {
        if (slot === undefined) throw new Error('A piece lies in no slot');
        this.#send({ path, slot, at: byteOffset, length, isLast });
        slot = undefined;
      },
      mayReadOn: (socket) => {
        if (this.#free.length > this.#kept) return true;
        this.#paused.push(socket);
        return false;
      },
    };
  }

  /** Waits until all is hashed and on the disk. */
  async end(): Promise<void> {
    this.#flush();
    this.#thread.postMessage(null);
    await once(this.#thread, 'exit');
  }

  #take(): number {
    const slot = this.#free.pop();
    if (slot === undefined) throw new Error('There is no free slot');
    return slot;
  }

  /** Those of one turn go together: a message costs as much as a small file. */
  #send(piece: Piece): void {
    if (this.#pieces.push(piece) === 1) setImmediate(() => this.#flush());
  }

  #flush(): void {
    if (this.#pieces.length > 0) this.#thread.postMessage(this.#pieces);
    this.#pieces = [];
  }

  #cameBack(slots: readonly number[]): void {
    this.#free.push(...slots);
    if (this.#free.length <= this.#kept) return;
    for (const socket of this.#paused) socket.resume();
    this.#paused = [];
  }
}

interface File {
  readonly fd: number;
  readonly hash: Hash;
  bytes: number;
  /** How many of them the last sync that was begun covers. */
  synced: number;
  syncing: Promise<void>;
}

/** The thread. */
function writeAndHash(memory: Uint8Array): void {
  const sync = promisify(fdatasync);
  const files = new Map<string, File>();
  let unsynced = 0;
  let done: number[] = [];
  const giveBack = () => {
    if (done.length === 0 || unsynced > MOST_UNSYNCED) return;
    parentPort?.postMessage(done);
    done = [];
  };
  const syncLater = (file: File) => {
    file.synced = file.bytes;
    file.syncing = file.syncing.then(() => sync(file.fd));
  };
  const finish = async (file: File) => {
    file.hash.digest('hex');
    unsynced += 1;
    syncLater(file);
    await file.syncing;
    closeSync(file.fd);
    unsynced -= 1;
    giveBack();
  };
  const work = ({ path, slot, at, length, isLast }: Piece) => {
    const file = files.get(path) ?? newFile(path);
    const bytes = memory.subarray(at, at + length);
    for (let written = 0; written < length;) written += writeSync(file.fd, bytes, written);
    file.hash.update(bytes);
    file.bytes += length;
    done.push(slot);
    if (isLast) {
      files.delete(path);
      void finish(file);
    } else {
      files.set(path, file);
      if (file.bytes - file.synced >= SYNC_BYTES) syncLater(file);
    }
  };
  parentPort?.on('message', (pieces: readonly Piece[] | null) => {
    // Syncs that are under way keep the thread alive until they are over.
    if (pieces === null) parentPort?.close();
    else {
      for (const piece of pieces) work(piece);
      giveBack();
    }
  });
}

function newFile(path: string): File {
  const fd = openSync(path, 'w');
  return { fd, hash: createHash('sha256'), bytes: 0, synced: 0, syncing: Promise.resolve() };
}

if (isMainThread) {
  const [list = '', folder = '', atOnce = ''] = process.argv.slice(2);
  const slots = new Slots(Number(atOnce));
  await fetchRaw(list, Number(atOnce), () => slots.receiver(folder));
  await slots.end();
} else writeAndHash(workerData as Uint8Array);

import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { threadFlags } from '../../threads/index.ts';
import type { Digests, WantedDigests } from './digests.ts';
import type { FollowerAnswer, FollowerRequest } from './protocol.ts';

/** A file that is hashed while it grows. */
export interface FollowedFile {
  /** So many bytes from the beginning are in the file, none of them missing. Never less than before. */
  advance(bytes: number): void;
  /** The digests of the whole file, which has so many bytes. @throws the system error of the read */
  finish(bytes: number): Promise<Digests>;
  /** Nobody wants them any more. */
  drop(): void;
}

interface Waiting {
  readonly resolve: (digests: Digests) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Hashes a file in a thread of its own while somebody else writes it, in order, behind the front of what has arrived
 * without a gap. Each byte is read once, out of the system's cache, however many connections brought it in whatever
 * order. The thread is shared, is started with the first file and keeps the process alive only while digests are waited for.
 */
export function followFile(path: string, wanted: WantedDigests): FollowedFile {
  const thread = (shared ??= new FollowerThread());
  const id = thread.follow(path, wanted);
  return {
    advance: (bytes) => thread.post({ kind: 'advance', id, bytes, isAll: false }),
    finish: (bytes) => thread.finish(id, bytes),
    drop: () => thread.post({ kind: 'drop', id }),
  };
}

let shared: FollowerThread | null = null;

class FollowerThread {
  // The thread is started from the same kind of file as this one: .ts from sources, .js from the build.
  readonly #worker = new Worker(new URL(`./follower-thread${extname(import.meta.url)}`, import.meta.url), {
    ...threadFlags(),
    // It needs one buffer.
    resourceLimits: { maxYoungGenerationSizeMb: 3 },
  });
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  constructor() {
    this.#worker.unref();
    // Its beginning holds the process once more.
    this.#worker.on('online', () => {
      if (this.#waiting.size === 0) this.#worker.unref();
    });
    this.#worker.on('message', (answer: FollowerAnswer) => this.#settle(answer));
    this.#worker.on('error', (error) => this.#end(error instanceof Error ? error : new Error(String(error))));
    this.#worker.on('exit', () => this.#end(new Error('the hashing thread has ended')));
  }

  follow(path: string, wanted: WantedDigests): number {
    const id = ++this.#lastId;
    this.post({ kind: 'follow', id, path, wanted });
    return id;
  }

  finish(id: number, bytes: number): Promise<Digests> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.size === 0) this.#worker.ref();
      this.#waiting.set(id, { resolve, reject });
      this.post({ kind: 'advance', id, bytes, isAll: true });
    });
  }

  post(request: FollowerRequest): void {
    this.#worker.postMessage(request);
  }

  #settle(answer: FollowerAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if ('digests' in answer) waiting?.resolve(answer.digests);
    else waiting?.reject(Object.assign(new Error(answer.failure.message), { code: answer.failure.code }));
  }

  /** The next file gets a new thread. */
  #end(error: Error): void {
    if (shared === this) shared = null;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

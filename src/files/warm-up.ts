import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { threadFlags } from '../threads/index.ts';

/** How long the reads of small files took so far; whoever reads keeps it. */
export interface ReadingGauge {
  reads: number;
  /** Milliseconds, all together. */
  ms: number;
}

/** Reads after which it is known whether the files are in the system's cache. */
const PROBE_READS = 256;
/** Milliseconds that a read takes on average where they are not: several times one out of the cache, also on a busy machine. */
const COLD_MS = 0.03;
/** A disk gives several small files in the time of one; more threads than this gain nothing. */
const THREADS = 4;
const FILES_AT_ONCE = 256;

/**
 * The same paths, in another order, each once it is fast to read: where small files come from the disk, threads read them ahead into the
 * system's cache. Where they are in it already nothing is started.
 * @param paths relative to `root`
 */
export async function* warmedUp(
  root: string,
  paths: AsyncIterable<string>,
  gauge: ReadingGauge,
): AsyncGenerator<string> {
  const threads: Worker[] = [];
  const waiting = new Map<number, Promise<{ readonly turn: number; readonly batch: readonly string[] }>>();
  let turn = 0;
  let batch: string[] = [];
  const give = () => {
    const at = turn++;
    const thread = (threads[at % THREADS] ??= startThread());
    waiting.set(
      at,
      answered(thread, root, batch).then((done) => ({ turn: at, batch: done })),
    );
    batch = [];
  };
  const next = async () => {
    const done = await Promise.race(waiting.values());
    waiting.delete(done.turn);
    return done.batch;
  };
  try {
    for await (const path of paths) {
      if (threads.length === 0 && !isCold(gauge)) {
        yield path;
        continue;
      }
      batch.push(path);
      if (batch.length < FILES_AT_ONCE) continue;
      give();
      if (waiting.size >= 2 * THREADS) yield* await next();
    }
    yield* batch;
    while (waiting.size > 0) yield* await next();
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

function isCold({ reads, ms }: ReadingGauge): boolean {
  return reads >= PROBE_READS && ms / reads > COLD_MS;
}

/** A thread does one after the other, so its answers come in the order of what it was given. */
function answered(thread: Worker, root: string, batch: readonly string[]): Promise<readonly string[]> {
  const { promise, resolve } = Promise.withResolvers<readonly string[]>();
  const queue = queues.get(thread) ?? [];
  queues.set(thread, queue);
  queue.push(() => resolve(batch));
  thread.postMessage(batch.map((path) => join(root, path)));
  return promise;
}

const queues = new WeakMap<Worker, (() => void)[]>();

function startThread(): Worker {
  // The thread is started from the same kind of file as this one: .ts from sources, .js from the build.
  const thread = new Worker(new URL(`./warm-up-worker${extname(import.meta.url)}`, import.meta.url), {
    ...threadFlags(),
  });
  const answer = () => queues.get(thread)?.shift()?.();
  thread.on('message', answer);
  // Without it the files are read from the disk, one after the other.
  const giveUp = () => {
    for (const each of queues.get(thread)?.splice(0) ?? []) each();
  };
  thread.on('error', giveUp);
  thread.on('exit', giveUp);
  return thread;
}

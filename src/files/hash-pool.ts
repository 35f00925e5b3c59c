import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { threadFlags } from '../threads/index.ts';

/** What a thread is given, and what it answers: one entry a path, in the same order. */
export type HashRequest = readonly string[];
export type HashAnswer = readonly HashedFile[];

/** A file's content, or why it is not known: `changed` when somebody wrote into it meanwhile, else the code of the system's error. */
export type HashedFile =
  { readonly size: number; readonly mtimeMs: number; readonly sha256: string } | { readonly failure: string };

/** A file to hash, and its size as far as it is known: large ones get a turn of their own. */
export interface FileToHash {
  readonly path: string;
  readonly size: number;
}

/** Files and bytes of one turn of a thread: enough that messages cost nothing, and few enough that all threads end together. */
const TURN_FILES = 64;
const TURN_BYTES = 8 << 20;

/**
 * SHA-256 of many files, on all cores. Each is given as soon as it is known, in no order.
 * @param threads at once (default: one a core)
 * @throws the signal's reason on abort; what a file does is in its own answer
 */
export async function* hashFiles(
  files: readonly FileToHash[],
  {
    threads = availableParallelism(),
    signal,
  }: { readonly threads?: number | undefined; readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<{ readonly file: FileToHash; readonly hashed: HashedFile }> {
  if (files.length === 0) return;
  const turns = turnsOf(files);
  const workers = Array.from({ length: Math.min(threads, turns.length) }, startWorker);
  const done: { readonly turn: readonly FileToHash[]; readonly answer: HashAnswer }[] = [];
  let failure: unknown = null;
  let wake = Promise.withResolvers<void>();
  const rouse = () => wake.resolve();
  let next = 0;
  const give = (worker: Worker) => {
    const turn = turns[next++];
    if (turn === undefined) return;
    worker.once('message', (answer: HashAnswer) => {
      done.push({ turn, answer });
      give(worker);
      rouse();
    });
    worker.postMessage(turn.map(({ path }) => path) satisfies HashRequest);
  };
  for (const worker of workers) {
    worker.on('error', (error) => {
      failure ??= error;
      rouse();
    });
    give(worker);
  }
  signal?.addEventListener('abort', rouse);
  try {
    for (let left = turns.length; left > 0;) {
      if (done.length === 0) await wake.promise;
      wake = Promise.withResolvers<void>();
      signal?.throwIfAborted();
      if (failure !== null) throw failure;
      for (const { turn, answer } of done.splice(0)) {
        left--;
        for (const [at, file] of turn.entries()) yield { file, hashed: answer[at] ?? { failure: 'EIO' } };
      }
    }
  } finally {
    signal?.removeEventListener('abort', rouse);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function startWorker(): Worker {
  // The thread is started from the same kind of file as this one: .ts from sources, .js from the build.
  return new Worker(new URL(`./hash-worker${extname(import.meta.url)}`, import.meta.url), {
    ...threadFlags(),
  });
}

function turnsOf(files: readonly FileToHash[]): FileToHash[][] {
  const turns: FileToHash[][] = [];
  let turn: FileToHash[] = [];
  let bytes = 0;
  // The largest first: what is left at the end is small, so that no thread works on alone for long.
  for (const file of files.toSorted((a, b) => b.size - a.size)) {
    turn.push(file);
    bytes += file.size;
    if (turn.length < TURN_FILES && bytes < TURN_BYTES) continue;
    turns.push(turn);
    turn = [];
    bytes = 0;
  }
  if (turn.length > 0) turns.push(turn);
  return turns;
}

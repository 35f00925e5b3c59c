import { parentPort } from 'node:worker_threads';
import { errnoOf, RowtrailError } from '../../errors/index.ts';
import { RowContext } from '../../row/index.ts';
import { holdLane, type Lane } from '../lane.ts';
import { storeItem, type StoredItem } from '../store.ts';
import type { StoringAnswer, StoringFailure, StoringRequest } from './protocol.ts';

/**
 * The thread that puts files into download folders. It makes, links and removes names without handing each to another
 * thread and waits only for the disk, for many files at once; and since it alone gives names in this process, it alone has to
 * know which are taken.
 */

const port = parentPort;
if (port === null) throw new Error('the storing thread runs in a worker thread only');

const held = new Map<string, Lane[]>();
let answers: StoringAnswer[] = [];

port.on('message', (requests: readonly StoringRequest[]) => {
  for (const request of requests) {
    work(request).then(
      (stored) => answer({ id: request.id, stored }),
      (error: unknown) => answer({ id: request.id, failure: failureOf(error) }),
    );
  }
});

async function work(request: StoringRequest): Promise<StoredItem | null> {
  if (request.kind === 'store') {
    const { staged, row } = request.request;
    try {
      return await storeItem({ ...request.request, row: new RowContext(row) });
    } finally {
      // Bytes that were handed over are given back at once: left to the collector, those of a hundred files would pile up.
      for (const file of staged) if ('bytes' in file) (file.bytes.buffer as ArrayBuffer).transfer(0);
    }
  }
  const { outputDir } = request;
  const lanes = held.get(outputDir) ?? [];
  held.set(outputDir, lanes);
  if (request.kind === 'hold') lanes.push(holdLane(outputDir));
  else await lanes.pop()?.release();
  if (lanes.length === 0) held.delete(outputDir);
  return null;
}

/** Answers of one turn go back together, because each message costs as much as a file. */
function answer(one: StoringAnswer): void {
  if (answers.length === 0) {
    setImmediate(() => {
      port?.postMessage(answers);
      answers = [];
    });
  }
  answers.push(one);
}

function failureOf(error: unknown): StoringFailure {
  if (!(error instanceof Error)) return { message: String(error), stack: undefined, cause: null };
  const { message, stack } = error;
  if (!(error instanceof RowtrailError)) return { message, stack, cause: null };
  return { message, stack, cause: { code: error.code, file: error.file, errno: errnoOf(error) } };
}

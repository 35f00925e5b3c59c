import { giveBack } from '../http/answer-body.ts';
import type { Part } from './part.ts';
import type { Stretch } from './stretches.ts';

/**
 * Enough that a disk is not asked for every packet, and little enough that a kill loses less than a mebibyte of what arrived,
 * however slow the disk is: what fills, what is written, each with a read of 64 KiB more, two reads in the body and one in the
 * connection.
 */
const WRITE_BYTES = 352 << 10;

/**
 * Brings a body's bytes into the part, up to the end of the stretch. One buffer fills while the one before it is
 * written; the body waits meanwhile if need be. What came before the body failed is in the part when this rejects.
 * @param bodyEnd where the body itself ends within the file
 * @returns whether the body ended by itself; else it was left at the end of the stretch
 * @throws RowtrailError of the disk; the body's own error as it is
 */
export async function receiveStretch(
  body: AsyncIterable<Buffer>,
  stretch: Stretch,
  bodyEnd: number,
  part: Pick<Part, 'write'>,
  onBytes: (bytes: number) => void,
): Promise<boolean> {
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let writing: Promise<void> = Promise.resolve();
  const flush = async () => {
    await writing;
    if (waitingBytes === 0) return;
    const chunks = waiting;
    writing = part.write(chunks, stretch.at - waitingBytes).then(() => chunks.forEach(giveBack));
    // A failed write is met at the next flush; until then it must not count as unhandled.
    writing.catch(() => {});
    waiting = [];
    waitingBytes = 0;
  };
  try {
    for await (const chunk of body) {
      const wanted = chunk.subarray(0, Math.max(0, stretch.end - stretch.at));
      if (wanted.length > 0) {
        stretch.at += wanted.length;
        waiting.push(wanted);
        waitingBytes += wanted.length;
        onBytes(wanted.length);
      }
      if (waitingBytes >= WRITE_BYTES) await flush();
      // A body that ends there by itself leaves its connection for the next request.
      if (stretch.at >= stretch.end && bodyEnd > stretch.end) return false;
    }
    return true;
  } finally {
    await flush();
    await writing;
  }
}

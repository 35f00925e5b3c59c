import { giveBack } from '../http/answer-body.ts';

/** Files up to this size are kept in memory until they are whole: that is what a cut may cost, and a disk is asked only once. */
export const SMALL_BYTES = 512 << 10;

/** The beginning of a body, and why there is no more of it; null when it ended by itself. */
export interface SmallBody {
  readonly bytes: Buffer;
  readonly error: unknown;
}

/** Reads a body of `size` bytes at most into memory; what lies beyond is not taken. Never rejects. */
export async function readSmallBody(
  body: AsyncIterable<Buffer>,
  size: number,
  onBytes: (received: number) => void,
): Promise<SmallBody> {
  const bytes = Buffer.allocUnsafeSlow(size);
  let received = 0;
  try {
    for await (const chunk of body) {
      received += chunk.copy(bytes, received, 0, Math.min(chunk.length, size - received));
      giveBack(chunk);
      onBytes(received);
    }
    return { bytes: bytes.subarray(0, received), error: null };
  } catch (error) {
    return { bytes: bytes.subarray(0, received), error };
  }
}

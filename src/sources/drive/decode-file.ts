import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { errnoOf, RowtrailError } from '../../errors/index.ts';
import type { LazyAttempt } from '../../files/index.ts';
import type { ResponseFacts } from './http/response-facts.ts';
import { Part } from './transfer/part.ts';
import type { Received } from './transfer/transfer.ts';

/** More than this may come of an answer only if it is not beyond all measure: a megabyte can hold a gigabyte of zeros. */
const SUSPICIOUS_BYTES = 64 << 20;
const MOST_TIMES = 100;

const CHUNK_BYTES = 256 << 10;

/** A file of these is meant as it is: hosts say `Content-Encoding: gzip` of it, too, and browsers do not believe it. */
const COMPRESSED_NAME = /\.(?:gz|gzip|tgz|svgz)$/i;
const COMPRESSED_TYPE = /^application\/(?:x-)?gzip$/;

/**
 * The file itself from what a host sent compressed (`Content-Encoding: gzip`), once that is whole and agrees with its checksum; what
 * came is removed.
 * @throws RowtrailError (unexpected_page) where it cannot be decompressed, or of the disk; AbortError
 */
export async function decoded(
  received: Received,
  id: string,
  staging: LazyAttempt,
  signal: AbortSignal | undefined,
): Promise<Received> {
  const { held, facts } = received;
  if (facts.encoding === null || isMeantAsItIs(facts)) return received;
  const part = await Part.load(await staging.dir(), `${id} decoded`);
  // No header says anything of these bytes.
  const own = { ...facts, encoding: null, size: null, etag: null, md5: null, crc32c: null };
  try {
    await part.restart(own);
    part.follow(own);
    await decompress(received, part, signal);
    const { bytes, sha256 } = await part.digests();
    await part.close();
    if (held instanceof Part) await held.remove();
    return { held: part, size: bytes, sha256, matches: true, facts: { ...own, size: bytes } };
  } catch (error) {
    await part.remove();
    // What came whole and is of no use would be taken for the file again by the next attempt.
    const isUseless = error instanceof RowtrailError && error.category === 'network';
    if (isUseless && held instanceof Part) await held.remove();
    throw error;
  }
}

async function decompress(
  { held, size }: Received,
  part: Part,
  signal: AbortSignal | undefined,
): Promise<void> {
  const source = held instanceof Part ? createReadStream(held.path) : Readable.from([held]);
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  source.on('error', (error: Error) => gunzip.destroy(error)).pipe(gunzip);
  let bytes = 0;
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      signal?.throwIfAborted();
      await part.write([chunk], bytes);
      bytes += chunk.length;
      if (bytes > Math.max(SUSPICIOUS_BYTES, size * MOST_TIMES))
        throw new RowtrailError(
          'unexpected_page',
          `What the host sent compressed grows to more than ${MOST_TIMES} times its size: open the link in a browser`,
        );
    }
  } catch (error) {
    if (!/^Z_/.test(errnoOf(error) ?? '')) throw error;
    throw new RowtrailError(
      'unexpected_page',
      'The host says that it sent the file compressed (gzip), and it cannot be decompressed: run again',
      { error },
    );
  } finally {
    source.destroy();
  }
  if (bytes === 0) throw new RowtrailError('short_body', 'The host sent no bytes at all');
}

function isMeantAsItIs({ name, mediaType }: ResponseFacts): boolean {
  return COMPRESSED_NAME.test(name ?? '') || COMPRESSED_TYPE.test(mediaType ?? '');
}

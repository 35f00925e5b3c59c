import { createHash, type Hash } from 'node:crypto';
import { crc32c } from './crc32c.ts';
import type { ResponseFacts } from './response-facts.ts';

/** The published checksum that a body is compared with; one is enough, and MD5 says more. */
export type Published = Pick<ResponseFacts, 'md5' | 'crc32c'>;

/** Hashes bytes as they flow: SHA-256 for our record, and what the host publishes. */
export class Digest {
  readonly #sha256: Hash = createHash('sha256');
  readonly #md5: Hash | null;
  readonly #published: Published;
  #crc = 0;
  #bytes = 0;

  constructor(published: Published) {
    this.#published = published;
    this.#md5 = published.md5 === null ? null : createHash('md5');
  }

  /** How many bytes went in. */
  get bytes(): number {
    return this.#bytes;
  }

  update(chunk: Uint8Array): void {
    this.#sha256.update(chunk);
    this.#bytes += chunk.length;
    if (this.#md5 !== null) this.#md5.update(chunk);
    else if (this.#published.crc32c !== null) this.#crc = crc32c(chunk, this.#crc);
  }

  /** The SHA-256 (hex), and whether the bytes are those of the published checksum, if there is one. To be called once. */
  finish(): { readonly sha256: string; readonly matches: boolean } {
    return { sha256: this.#sha256.digest('hex'), matches: this.#matches() };
  }

  #matches(): boolean {
    if (this.#md5 !== null) return this.#md5.digest('base64') === this.#published.md5;
    if (this.#published.crc32c === null) return true;
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(this.#crc);
    return bytes.toString('base64') === this.#published.crc32c;
  }
}

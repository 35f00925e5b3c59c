import { createHash, hash, type Hash } from 'node:crypto';
import { crc32c } from './crc32c.ts';

/** What is computed of a file besides its SHA-256: what its host publishes. */
export interface WantedDigests {
  readonly md5: boolean;
  readonly crc32c: boolean;
}

/** Digests of a whole file. */
export interface Digests {
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
  /** Base64, as Google publishes them; null where it was not wanted. */
  readonly md5: string | null;
  readonly crc32c: string | null;
}

/** Computes digests of bytes that come one after the other. */
export class DigestStream {
  readonly #sha256: Hash = createHash('sha256');
  readonly #md5: Hash | null;
  readonly #wantsCrc: boolean;
  #crc = 0;
  #bytes = 0;

  constructor({ md5, crc32c: wantsCrc }: WantedDigests) {
    this.#md5 = md5 ? createHash('md5') : null;
    this.#wantsCrc = wantsCrc;
  }

  /** How many bytes went in. */
  get bytes(): number {
    return this.#bytes;
  }

  update(chunk: Uint8Array): void {
    this.#sha256.update(chunk);
    this.#md5?.update(chunk);
    if (this.#wantsCrc) this.#crc = crc32c(chunk, this.#crc);
    this.#bytes += chunk.length;
  }

  /** To be called once. */
  finish(): Digests {
    return {
      bytes: this.#bytes,
      sha256: this.#sha256.digest('hex'),
      md5: this.#md5?.digest('base64') ?? null,
      crc32c: this.#wantsCrc ? base64Of(this.#crc) : null,
    };
  }
}

/** Digests of bytes that are all in memory. In one step: a stream would leave the collector an object of the library's for each file. */
export function digestsOf(bytes: Uint8Array, wanted: WantedDigests): Digests {
  return {
    bytes: bytes.length,
    sha256: hash('sha256', bytes),
    md5: wanted.md5 ? hash('md5', bytes, 'base64') : null,
    crc32c: wanted.crc32c ? base64Of(crc32c(bytes)) : null,
  };
}

function base64Of(crc: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc);
  return bytes.toString('base64');
}

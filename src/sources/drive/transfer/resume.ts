import { RowtrailError } from '../../../errors/index.ts';
import type { OpenedFile } from '../open-file.ts';
import { ifRange, isSameContent, type ResponseFacts } from '../http/response-facts.ts';
import type { PartFacts } from './part-record.ts';
import type { Part } from './part.ts';
import { gapsOf } from './ranges.ts';
import type { Stretch } from './stretches.ts';

/**
 * What to ask for next: the first gap of a part. A part that is whole is asked for its last byte again: the answer tells
 * whether it is still the same file. Null: the file from its beginning.
 */
export function nextStretch(part: Part | null): Stretch | null {
  const size = part?.facts?.size ?? null;
  if (part === null || size === null || part.received === 0) return null;
  const [gap = { start: size - 1, end: size }] = gapsOf(part.arrived, size);
  return { at: gap.start, end: gap.end };
}

/** Asks for a file, with the headers of a range or none. */
export type Open = (headers: Readonly<Record<string, string>>) => Promise<OpenedFile>;

/**
 * Asks for these bytes, provided that the file is still the same. An answer that says which they are and leaves out the
 * size of the file (`bytes 0-99/*`) is taken to be of the size on record.
 */
export async function openRange(open: Open, known: PartFacts, { at, end }: Stretch): Promise<OpenedFile> {
  const last = end === known.size ? '' : String(end - 1);
  const validator = ifRange(known);
  const headers = { range: `bytes=${at}-${last}`, ...(validator === null ? {} : { 'if-range': validator }) };
  const opened = await open(headers);
  const { facts } = opened;
  if (facts === null || facts.size !== null || (facts.end ?? Infinity) > (known.size ?? 0)) return opened;
  return { ...opened, facts: { ...facts, size: known.size } };
}

/**
 * What an answer is to what was asked for: it continues the part; it begins the file; it is of the same file and of
 * other bytes; or it is of another file, or of nothing that can be told.
 */
export function relationOf(
  facts: ResponseFacts | null,
  asked: Stretch | null,
  known: PartFacts | null,
): 'continues' | 'begins' | 'elsewhere' | 'another' {
  const isSame = facts !== null && known !== null && isSameContent(facts, known);
  if (asked !== null && isSame && facts.start === asked.at) return 'continues';
  // A range of a file of unknown size may be any part of it.
  if (facts?.start === 0 && (facts.size !== null || facts.end === null)) return 'begins';
  return isSame ? 'elsewhere' : 'another';
}

/** The facts of an answer that continues a part. Of a checksum that it leaves out, the answer that began the part counts. */
export function withChecksums(facts: ResponseFacts, known: PartFacts): ResponseFacts {
  return { ...facts, md5: facts.md5 ?? known.md5, crc32c: facts.crc32c ?? known.crc32c };
}

/** @throws RowtrailError when so many bytes cannot be the whole file */
export function checkLength(received: number, facts: Pick<ResponseFacts, 'size' | 'hasEnd'>): void {
  if (facts.size === null && !facts.hasEnd) {
    throw new RowtrailError(
      'short_body',
      'The host did not say where the file ends, so it cannot be known to be whole',
    );
  }
  if (facts.size !== null && received !== facts.size) {
    throw new RowtrailError('short_body', `${received} bytes came of ${facts.size}`);
  }
  if (received === 0) throw new RowtrailError('short_body', 'The host sent no bytes at all');
}

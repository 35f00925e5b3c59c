import { RowtrailError } from '../../../errors/index.ts';
import { ifRange, isSameContent, type ResponseFacts } from '../response-facts.ts';
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

/** The headers that ask for these bytes, provided that the file is still the same. */
export function rangeHeaders(facts: PartFacts, { at, end }: Stretch): Readonly<Record<string, string>> {
  const last = end === facts.size ? '' : String(end - 1);
  const validator = ifRange(facts);
  return { range: `bytes=${at}-${last}`, ...(validator === null ? {} : { 'if-range': validator }) };
}

/**
 * What an answer is to what was asked for: it continues the part, it begins the file, or it shows that the part is of
 * another file and the file is to be asked for from its beginning.
 * @throws RowtrailError when it is of the same file and not what was asked for: what arrived is good, this answer is not
 */
export function relationOf(
  facts: ResponseFacts | null,
  asked: Stretch | null,
  part: Part | null,
): 'continues' | 'begins' | 'another' {
  const known = part?.facts ?? null;
  const isSame = facts !== null && known !== null && isSameContent(facts, known);
  if (asked !== null && isSame && facts.start === asked.at) return 'continues';
  if (facts?.start === 0) return 'begins';
  if (asked === null || isSame)
    throw new RowtrailError('short_body', 'The host sent another part of the file than was asked for');
  return 'another';
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

import { open } from 'node:fs/promises';

/** Enough for white space, a byte order mark and a comment before the document begins. */
const MOST_BYTES = 1024;

/** Each part ends where its end first comes, so that no page can be read in many ways. */
const HTML =
  /^(?:\u00EF\u00BB\u00BF)?(?:\s|<!--(?:(?!-->).)*-->|<\?xml(?:(?!\?>).)*\?>)*<(?:!doctype\s+html|html|head|body)[\s>]/is;

const NO_TEXT = /(?![\t\n\f\r])\p{Cc}|[\p{Cn}\p{Co}\p{Cs}]/u;

/** The first bytes of a file. @param content its path, or the bytes themselves @throws the system error of reading */
export async function beginningOf(content: string | Uint8Array): Promise<Buffer> {
  if (typeof content !== 'string') return Buffer.from(content.subarray(0, MOST_BYTES));
  const file = await open(content, 'r');
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(MOST_BYTES), position: 0 });
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

export function beginsLikeHtml(beginning: Buffer): boolean {
  const isUtf16 = encodingOf(beginning) !== 'utf-8';
  // The letters of tags are the same in every other encoding.
  return HTML.test((isUtf16 ? textOf(beginning) : null) ?? beginning.toString('latin1'));
}

/**
 * The words with which a file begins that is plainly text: UTF-8, or UTF-16 with its byte order mark, and no control characters.
 * Null for anything else; text of other encodings cannot be told from bytes.
 */
export function textOf(beginning: Buffer): string | null {
  const encoding = encodingOf(beginning);
  if (encoding === 'utf-8' && beginning.some((byte) => byte < 0x09)) return null;
  try {
    // What is cut off at the end may be the beginning of a letter.
    const text = new TextDecoder(encoding, { fatal: true }).decode(beginning, { stream: true });
    return NO_TEXT.test(text) ? null : text;
  } catch {
    return null;
  }
}

function encodingOf(beginning: Buffer): string {
  if (beginning[0] === 0xff && beginning[1] === 0xfe) return 'utf-16le';
  return beginning[0] === 0xfe && beginning[1] === 0xff ? 'utf-16be' : 'utf-8';
}

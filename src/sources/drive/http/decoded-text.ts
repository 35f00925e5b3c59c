import { promisify } from 'node:util';
import { brotliDecompress, constants, gunzip, inflate } from 'node:zlib';

const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH } = constants;

/** How each content coding is undone; the end of a page that was cut may be missing. */
const DECODERS = new Map([
  ['gzip', { decode: promisify(gunzip), finishFlush: Z_SYNC_FLUSH }],
  ['x-gzip', { decode: promisify(gunzip), finishFlush: Z_SYNC_FLUSH }],
  ['deflate', { decode: promisify(inflate), finishFlush: Z_SYNC_FLUSH }],
  ['br', { decode: promisify(brotliDecompress), finishFlush: BROTLI_OPERATION_FLUSH }],
]);

/** Whether a coding has to be undone before the text can be read, by an answer's Content-Encoding. */
export function isCoded(coding: string | undefined): boolean {
  return DECODERS.has(nameOf(coding));
}

const nameOf = (coding: string | undefined) => coding?.trim().toLowerCase() ?? '';

/**
 * The text of a page as it came. We ask for no coding, and some proxies apply one all the same.
 * @param coding the answer's Content-Encoding
 * @param maxBytes decoded; what grows beyond that, or cannot be decoded, is text as it came: no page that is known
 */
export async function decodedText(
  bytes: Buffer,
  coding: string | undefined,
  maxBytes: number,
): Promise<string> {
  const decoder = DECODERS.get(nameOf(coding));
  if (decoder === undefined) return bytes.toString('utf8');
  const { decode, finishFlush } = decoder;
  const text = await decode(bytes, { finishFlush, maxOutputLength: maxBytes }).catch(() => bytes);
  return text.toString('utf8');
}

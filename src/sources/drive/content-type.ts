import { open } from 'node:fs/promises';
import { RowtrailError } from '../../errors/index.ts';
import { splitExtension } from '../../files/index.ts';
import type { ResponseFacts } from './response-facts.ts';

/** Enough for white space, a byte order mark and a comment before the document begins. */
const SNIFFED_BYTES = 1024;

/** Content of these is never HTML, whatever a host calls it. */
const BINARY_TYPE = /^(?:video|audio|image|font)\/(?!svg)|^application\/(?:pdf|zip|gzip|x-7z|vnd\.)/;
export const BINARY_EXTENSION =
  /^\.(?:mp4|m4v|mov|mkv|webm|avi|mp3|m4a|aac|wav|ogg|flac|pdf|zip|7z|rar|gz|jpe?g|png|gif|webp|heic|docx|xlsx|pptx)$/i;

/** Extensions of media types that have no signature of their own. */
const EXTENSION_OF_TYPE: Readonly<Record<string, string>> = {
  'text/plain': '.txt',
  'text/csv': '.csv',
  'text/html': '.html',
  'text/markdown': '.md',
  'application/json': '.json',
  'image/svg+xml': '.svg',
};

/**
 * Checks by its content that a received file can be what its answer says, and finds the extension for its name: that
 * of the given name, else that of the content, else that of the media type; empty where nothing is known.
 * @throws RowtrailError (unexpected_page) for a page of HTML in a file's place
 */
export async function checkedExtension(
  content: string | Uint8Array,
  name: string | null,
  { isAttachment, mediaType }: Pick<ResponseFacts, 'isAttachment' | 'mediaType'>,
  exportFormat: string | null,
): Promise<string> {
  const named = splitExtension(name ?? '').extension;
  const isBinary = BINARY_TYPE.test(mediaType ?? '') || BINARY_EXTENSION.test(named);
  if ((!isAttachment || isBinary || exportFormat !== null) && (await beginsLikeHtml(content))) {
    throw new RowtrailError('unexpected_page', 'A web page came under the name of the file');
  }
  if (exportFormat !== null) return `.${exportFormat}`;
  if (named !== '') return named;
  const { fileTypeFromBuffer, fileTypeFromFile } = await import('file-type');
  const found = await (typeof content === 'string' ? fileTypeFromFile(content) : fileTypeFromBuffer(content));
  return found === undefined
    ? (EXTENSION_OF_TYPE[mediaType ?? ''] ?? '')
    : splitExtension(`x.${found.ext}`).extension;
}

async function beginsLikeHtml(content: string | Uint8Array): Promise<boolean> {
  const bytes = typeof content === 'string' ? await beginningOf(content) : content.subarray(0, SNIFFED_BYTES);
  const beginning = Buffer.from(bytes)
    .toString('latin1')
    .replace(/^\u00EF\u00BB\u00BF/, '');
  return /^(?:\s|<!--.*?-->)*<(?:!doctype\s+html|html)[\s>]/is.test(beginning);
}

async function beginningOf(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(SNIFFED_BYTES), position: 0 });
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

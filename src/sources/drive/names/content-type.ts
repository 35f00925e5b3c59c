import { RowtrailError } from '../../../errors/index.ts';
import { splitExtension } from '../../../files/index.ts';
import { beginningOf, beginsLikeHtml, textOf } from './beginning.ts';
import { isLikelyExtension, isOutweighed } from './file-name.ts';
import type { ResponseFacts } from '../http/response-facts.ts';

/** Content of these is never text. Others that sound so are: playlists, tables of HTML, TypeScript as `video/mp2t`. */
const BINARY_TYPE =
  /^(?:video\/(?:3gpp2?|mp4|mpeg|ogg|quicktime|webm|x-(?:flv|m4v|matroska|ms-wmv|msvideo))|audio\/(?:aac|flac|mp3|mp4|mpeg|ogg|opus|wav|webm|x-(?:flac|m4a|wav))|image\/(?:avif|bmp|gif|hei[cf]|jpeg|png|tiff|webp)|application\/(?:epub\+zip|gzip|pdf|x-7z-compressed|zip|vnd\.openxmlformats-officedocument\..*))$/;
export const BINARY_EXTENSION =
  /\.(?:mp4|m4v|mov|mkv|webm|avi|wmv|flv|3gp|mp3|m4a|aac|wav|ogg|opus|flac|pdf|zip|7z|rar|gz|jpe?g|png|gif|webp|heic|docx|xlsx|pptx|od[tsp]|epub)$/i;

/** Extensions of media types that have no signature of their own, or one that not every file has. */
const EXTENSION_OF_TYPE: Readonly<Record<string, string>> = {
  'text/plain': '.txt',
  'text/csv': '.csv',
  'text/html': '.html',
  'text/markdown': '.md',
  'application/json': '.json',
  'image/svg+xml': '.svg',
  'video/mp4': '.mp4',
  'video/quicktime': '.mov',
  'audio/mpeg': '.mp3',
  'audio/aac': '.aac',
  'application/pdf': '.pdf',
};

const beginsLikeZip = (beginning: string) => beginning.startsWith('PK\u0003\u0004');

/** How the exports begin that are no text, by their first bytes as Latin-1. */
const EXPORT_BEGINNINGS: Readonly<Record<string, (beginning: string) => boolean>> = {
  docx: beginsLikeZip,
  xlsx: beginsLikeZip,
  pptx: beginsLikeZip,
  odt: beginsLikeZip,
  ods: beginsLikeZip,
  odp: beginsLikeZip,
  epub: beginsLikeZip,
  pdf: (beginning) => beginning.includes('%PDF'),
  rtf: (beginning) => beginning.trimStart().startsWith('{\\rtf'),
};

type CheckedFacts = Pick<ResponseFacts, 'isAttachment' | 'mediaType' | 'md5' | 'crc32c' | 'sha256'>;

/**
 * Checks by its content that a received file can be what its answer says, and finds the extension for its name: that
 * of the given name unless it is an unlikely one, else that of the content, else that of the media type; empty where nothing is
 * known. Refused is only what is plainly a page or text where neither can be: what agrees with its published checksum is
 * what its owner has, and no list knows all that films and documents begin with.
 * @throws RowtrailError (unexpected_page, not_media)
 */
export async function checkedExtension(
  content: string | Uint8Array,
  name: string | null,
  facts: CheckedFacts,
  exportFormat: string | null,
): Promise<string> {
  if (exportFormat !== null) {
    checkExport(await beginningOf(content), facts.mediaType, exportFormat);
    return `.${exportFormat}`;
  }
  const { extension } = splitExtension(name ?? '');
  const isLikely = isLikelyExtension(extension);
  const isBinary = isLikely ? BINARY_EXTENSION.test(extension) : BINARY_TYPE.test(facts.mediaType ?? '');
  const isVouchedFor = (facts.md5 ?? facts.crc32c ?? facts.sha256) !== null;
  if (!isVouchedFor && (isBinary || !facts.isAttachment)) {
    const beginning = await beginningOf(content);
    refusePage(beginning);
    if (isBinary) refuseText(beginning);
  }
  return isLikely ? extension : extensionOfContent(content, extension, facts.mediaType ?? '');
}

/** @throws RowtrailError (unexpected_page, not_media) */
function checkExport(beginning: Buffer, mediaType: string | null, format: string): void {
  const isWanted = EXPORT_BEGINNINGS[format];
  if (isWanted === undefined) {
    // What comes as text is the document's own, whatever it looks like.
    if (mediaType === null || !/^text\/(?!html)/.test(mediaType)) refusePage(beginning);
    if (mediaType === 'application/json') refuseText(beginning);
  } else if (!isWanted(beginning.toString('latin1'))) {
    refusePage(beginning);
    refuseText(beginning);
    throw new RowtrailError('not_media', `What came as the document's export is no .${format}: run again`);
  }
}

/** @throws RowtrailError (unexpected_page) */
function refusePage(beginning: Buffer): void {
  if (beginsLikeHtml(beginning))
    throw new RowtrailError('unexpected_page', 'A web page came under the name of the file');
}

/** @throws RowtrailError (unexpected_page) that quotes it */
function refuseText(beginning: Buffer): void {
  const text = textOf(beginning);
  // A PDF may be made of letters alone.
  if (text === null || text.includes('%PDF')) return;
  const detail = text.replaceAll(/\s+/g, ' ').trim().slice(0, 200);
  const words = detail.slice(0, 80);
  throw new RowtrailError('unexpected_page', `Text came instead of the file ("${words}")`, { detail });
}

async function extensionOfContent(
  content: string | Uint8Array,
  unlikely: string,
  mediaType: string,
): Promise<string> {
  const { fileTypeFromBuffer, fileTypeFromFile } = await import('file-type');
  const found = await (typeof content === 'string' ? fileTypeFromFile(content) : fileTypeFromBuffer(content));
  const extension =
    found === undefined ? (EXTENSION_OF_TYPE[mediaType] ?? '') : splitExtension(`x.${found.ext}`).extension;
  if (unlikely === '' || (extension !== '' && isOutweighed(unlikely, found?.mime ?? mediaType)))
    return extension;
  return unlikely;
}

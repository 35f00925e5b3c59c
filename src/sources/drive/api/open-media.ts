import { exportFormatOf, exportMediaType } from '../export-formats.ts';
import { isGoogleUrl } from '../http/google-host.ts';
import type { HttpAnswer } from '../http/http-client.ts';
import { isHtml, MAX_PAGE_BYTES, type OpenedFile, openFile, type OpenOptions } from '../open-file.ts';
import { GOOGLE_ONLY } from '../http/reach.ts';
import type { ResponseFacts } from '../http/response-facts.ts';
import { isExportTooLarge } from '../verdicts/status-failure.ts';
import { downloadUrl } from '../links/target.ts';
import type { ApiFile } from './api-file.ts';
import { fileUrl } from './drive-api.ts';
import { resourceKeyHeader } from './resource-keys.ts';

type MediaOptions = Omit<OpenOptions, 'reach' | 'isPageWanted'>;

/** Asks the API for a file's bytes, or for what a document is exported as. @throws RowtrailError, AbortError */
export async function openMedia(
  file: ApiFile,
  found: string | null,
  exportFormats: readonly string[],
  options: MediaOptions,
): Promise<OpenedFile> {
  const format = exportFormatOf(file.target.kind, exportFormats);
  const headers = { ...resourceKeyHeader([file.target]), ...options.headers };
  const request = { ...options, headers, reach: GOOGLE_ONLY };
  if (format !== null) return openExport(file, format, found, request);
  const url = found ?? fileUrl(file.target.id, { alt: 'media', supportsAllDrives: 'true' });
  const isPageWanted = (page: HttpAnswer, said: ResponseFacts) => isFileItself(page, said, file);
  const { answer, facts } = await openFile(url, { ...request, isPageWanted });
  if (facts === null) return { answer, facts };
  const md5 = file.md5 === null ? facts.md5 : Buffer.from(file.md5, 'hex').toString('base64');
  return {
    answer,
    facts: {
      ...facts,
      size: facts.size ?? file.size,
      md5,
      sha256: file.sha256,
      name: file.name || facts.name,
      mediaType: file.mediaType,
      isAttachment: true,
    },
  };
}

/**
 * Whether a page of HTML is the file, and not one of those with which Google turns people away: it is as long as the API says of
 * the file. A page of Google's own is short; what has no length is read so far.
 * @throws the network's error as it is
 */
async function isFileItself(
  { status, body }: HttpAnswer,
  { size }: ResponseFacts,
  file: ApiFile,
): Promise<boolean> {
  if (file.size === null) return isHtml(file.mediaType);
  if (size !== null) return size === file.size;
  if (status === 206) return true;
  const { bytes, isWhole } = await body.peek(MAX_PAGE_BYTES);
  return isWhole ? bytes === file.size : bytes <= file.size;
}

/** The API exports up to 10 MB; the document's own address exports anything. */
async function openExport(
  file: ApiFile,
  format: string,
  found: string | null,
  options: OpenOptions,
): Promise<OpenedFile> {
  const mimeType = exportMediaType(format);
  const opened = await openFile(found ?? fileUrl(file.target.id, { mimeType }, '/export'), options).catch(
    (error: unknown) => {
      if (!isExportTooLarge(error)) throw error;
      const ready = URL.parse(file.exportLinks[mimeType] ?? '');
      return openFile(
        ready !== null && isGoogleUrl(ready) ? ready.href : downloadUrl(file.target, format),
        options,
      );
    },
  );
  if (opened.facts === null) return opened;
  return { ...opened, facts: { ...opened.facts, name: `${file.name}.${format}` } };
}

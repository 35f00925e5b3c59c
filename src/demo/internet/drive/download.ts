import { fileReply } from '../partial-reply.ts';
import { html, redirect, type Reply } from '../reply.ts';
import { takeScripted, type Scripted } from '../scripted.ts';
import type { SiteRequest } from '../site.ts';
import { checksums } from './checksums.ts';
import { type DriveBehaviour, type DriveFile, isOpenTo } from './drive-file.ts';
import { botBlockPage, cannotDownloadPage, notFoundPage, otherPage, quotaPage, virusPage } from './pages.ts';

/** Sends the browser to the sign-in page, which sends it back to where it came from. */
export function signIn(continueTo: string): Reply {
  return redirect(
    `https://accounts.google.com/ServiceLogin?${new URLSearchParams({ continue: continueTo })}`,
  );
}

export const missingFile = (): Reply => html(notFoundPage(), 404);

/** Whether the link carries the key that the file asks for. */
export function opens(file: Pick<DriveFile, 'resourceKey'>, query: URLSearchParams): boolean {
  return file.resourceKey === null || file.resourceKey === query.get('resourcekey');
}

/** Answers a request for a file's final address: the file, or the page that stands in its way. */
export function downloadReply(
  file: DriveFile,
  host: { readonly behaviour: Scripted<DriveBehaviour> },
  request: SiteRequest,
): Reply {
  const forAll = takeScripted(host.behaviour);
  const behaviour = forAll === 'ok' ? takeScripted(file.behaviour) : forAll;
  const address = `https://${request.host}${request.path}?${request.query}`;
  switch (behaviour) {
    case 'ok':
      break;
    case 'virus':
      if (!confirmed(file, request.query)) return html(virusPage(file, confirmationOf(file)));
      break;
    case 'quota':
      return html(quotaPage());
    case 'quota-403':
      return html(quotaPage(), 403);
    case 'bot-block':
      return html(botBlockPage(), 403);
    case 'sign-in':
      return signIn(address);
    case 'not-found':
      return missingFile();
    case 'cannot-download':
      return html(cannotDownloadPage());
    case 'html':
      return html(otherPage());
  }
  if (file.redirectTo !== null) return redirect(file.redirectTo);
  return opens(file, request.query) && isOpenTo(file, null) ? bytesReply(file, request) : signIn(address);
}

function bytesReply(file: DriveFile, { headers }: SiteRequest): Reply {
  const reply = fileReply({
    content: file.body,
    headers: {
      'content-type': file.mediaType,
      'content-disposition': attachment(file.name),
      etag: file.etag,
      'last-modified': file.lastModified.toUTCString(),
      'x-content-type-options': 'nosniff',
      ...(file.checksums === 'none'
        ? {}
        : { 'x-goog-hash': checksums(file.body, { wrong: file.checksums === 'wrong' }) }),
    },
    range: file.rangesIgnored ? undefined : headers.range,
    ifRange: typeof headers['if-range'] === 'string' ? headers['if-range'] : undefined,
  });
  return {
    ...reply,
    ...(file.chunked ? { chunked: true } : {}),
    ...(file.excessLength > 0 ? { promisedLength: reply.body.size + file.excessLength } : {}),
  };
}

/** A name as Drive gives it: the plain form for old clients, the exact one beside it. */
export function attachment(name: string): string {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\]/g, '_');
  const exact = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${exact}`;
}

/** Only the form of this very file's warning leads on: every hidden field must come back. */
function confirmed(file: DriveFile, query: URLSearchParams): boolean {
  return query.get('confirm') === 't' && query.get('uuid') === confirmationOf(file);
}

function confirmationOf({ id }: DriveFile): string {
  const hex = Buffer.from(id).toString('hex').padEnd(32, '0').slice(-32);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

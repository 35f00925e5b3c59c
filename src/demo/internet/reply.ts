import { contentOf, EMPTY, type Content } from './content.ts';

/** What a site answers, before anything goes wrong on the way. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Content;
  /** Bytes that Content-Length promises, when that is not the truth. */
  readonly promisedLength?: number;
  /** Sent in chunks, without a Content-Length. */
  readonly chunked?: boolean;
}

export function html(page: string, status = 200): Reply {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body: contentOf(page) };
}

export function json(value: unknown, status = 200): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=UTF-8' },
    body: contentOf(JSON.stringify(value)),
  };
}

export function text(body: string, mediaType = 'text/plain', status = 200): Reply {
  return { status, headers: { 'content-type': `${mediaType}; charset=utf-8` }, body: contentOf(body) };
}

export function redirect(location: string, status: 301 | 302 | 303 | 307 = 302): Reply {
  return { status, headers: { location }, body: EMPTY };
}

export const notFound = (): Reply =>
  html(
    '<!DOCTYPE html><html><head><title>Error 404 (Not Found)!!1</title></head><body>404.</body></html>',
    404,
  );

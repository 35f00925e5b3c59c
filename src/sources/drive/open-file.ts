import { RowtrailError } from '../../errors/index.ts';
import { isGoogleUrl } from './google-host.ts';
import type { HttpAnswer, HttpClient } from './http-client.ts';
import { networkFailure } from './network-failure.ts';
import { readPage } from './page.ts';
import { responseFacts, type ResponseFacts } from './response-facts.ts';
import { statusFailure } from './status-failure.ts';

const MAX_HOPS = 10;
const MAX_PAGES = 3;
/** Enough of a page to know it by. */
const MAX_PAGE_BYTES = 1 << 20;

/** A file's answer, its body unread; `facts` is null when the host had no such range. */
export interface OpenedFile {
  readonly answer: HttpAnswer;
  readonly facts: ResponseFacts | null;
}

export interface OpenOptions {
  readonly client: HttpClient;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal | undefined;
  readonly now: () => Date;
}

/**
 * Asks for a file and follows Google's redirects and the page that says no virus scan was possible, until a file
 * comes. HTML that is no attachment is never taken for one.
 * @throws RowtrailError with the cause of the refusal, or AbortError
 */
export async function openFile(start: string, options: OpenOptions): Promise<OpenedFile> {
  let url = start;
  let pages = 0;
  for (let hop = 0; hop <= MAX_HOPS; hop += 1) {
    const answer = await ask(url, options);
    const { status, headers } = answer;
    if (status >= 300 && status < 400) {
      await answer.body.dump();
      url = redirected(headers.get('location'), url);
      continue;
    }
    if (status === 416) {
      await answer.body.dump();
      return { answer, facts: null };
    }
    if (status !== 200 && status !== 206) {
      const refusal = {
        status,
        retryAfter: headers.get('retry-after'),
        body: await pageText(answer, options),
      };
      throw statusFailure(refusal, options.now());
    }
    const facts = responseFacts(status, headers);
    if (facts !== null && !isPage(facts)) return { answer: plain(answer), facts };
    if (facts === null) {
      drop(answer);
      throw new RowtrailError('short_body', 'The host sent a part of the file and did not say which');
    }
    pages += 1;
    if (pages > MAX_PAGES) {
      drop(answer);
      throw new RowtrailError('unexpected_page', 'One page after the other came instead of the file');
    }
    url = readPage(await pageText(answer, options), url, options.now()).next;
  }
  throw new RowtrailError('unexpected_page', `More than ${MAX_HOPS} redirects came instead of the file`);
}

/** Lets go of an answer without reading it. */
export function drop({ body }: HttpAnswer): void {
  body.destroy();
}

/** The text of an answer's page, of any status. @throws RowtrailError of the network, AbortError */
export async function pageText(answer: HttpAnswer, { signal }: Pick<OpenOptions, 'signal'>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= MAX_PAGE_BYTES) break;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw networkFailure(error, new URL(answer.url).host);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** One GET of a Google address. @throws RowtrailError of the network, AbortError */
export async function ask(url: string, { client, headers, signal }: OpenOptions): Promise<HttpAnswer> {
  signal?.throwIfAborted();
  try {
    return await client.get(url, headers);
  } catch (error) {
    signal?.throwIfAborted();
    throw networkFailure(error, new URL(url).host);
  }
}

/** Where a redirect leads, if we follow it there. @throws RowtrailError */
export function redirected(location: string | undefined, from: string): string {
  const next = URL.parse(location ?? '', from);
  if (next === null)
    throw new RowtrailError('unexpected_page', 'A redirect without an address came instead of the file');
  if (!isGoogleUrl(next)) {
    throw new RowtrailError('unexpected_page', `A redirect leads away from Google Drive, to ${next.host}`);
  }
  if (next.hostname === 'accounts.google.com') {
    throw new RowtrailError('not_shared', 'The file is not shared with everyone: Google asks to sign in');
  }
  if (next.pathname.startsWith('/sorry/')) {
    throw new RowtrailError('too_many_requests', 'Google asks whether we are a bot');
  }
  return next.href;
}

function isPage({ isAttachment, mediaType }: ResponseFacts): boolean {
  return !isAttachment && (mediaType === 'text/html' || mediaType === 'application/xhtml+xml');
}

/** @throws RowtrailError when the body is not the file's bytes as they are stored */
function plain(answer: HttpAnswer): HttpAnswer {
  const encoding = answer.headers.get('content-encoding')?.trim().toLowerCase() ?? '';
  if (encoding === '' || encoding === 'identity') return answer;
  drop(answer);
  throw new RowtrailError(
    'unexpected_page',
    `The host encoded the file (${encoding}) without being asked to`,
  );
}

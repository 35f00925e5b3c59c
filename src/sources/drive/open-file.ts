import { StringDecoder } from 'node:string_decoder';
import { RowtrailError } from '../../errors/index.ts';
import type { DriveAccess } from './access/access.ts';
import { refuseDocument } from './verdicts/editor-document.ts';
import { decodedText, isCoded } from './http/decoded-text.ts';
import { isGoogleUrl, takesCredentials } from './http/google-host.ts';
import type { HttpAnswer, HttpClient } from './http/http-client.ts';
import { networkFailure } from './verdicts/network-failure.ts';
import { needsPublicAddress, type Reach, redirected } from './http/reach.ts';
import { requirePublicHost } from './http/public-address.ts';
import { responseFacts, type ResponseFacts } from './http/response-facts.ts';
import { statusFailure } from './verdicts/status-failure.ts';

const MAX_HOPS = 10;
const MAX_PAGES = 3;
/** Enough of a page to know it by. */
export const MAX_PAGE_BYTES = 1 << 20;

/** A file's answer, its body unread; `facts` is null when the host has no such range, or none that can be told. */
export interface OpenedFile {
  readonly answer: HttpAnswer;
  readonly facts: ResponseFacts | null;
}

export interface OpenOptions {
  readonly client: HttpClient;
  readonly headers: Readonly<Record<string, string>>;
  readonly reach: Reach;
  /** What lets us in at the API and at exports; without it we ask as anybody. */
  readonly access?: DriveAccess | null;
  /** Whether a page of HTML is the file itself; no page is where this is left out. @throws the network's error as it is */
  readonly isPageWanted?: (answer: HttpAnswer, facts: ResponseFacts) => boolean | Promise<boolean>;
  readonly signal: AbortSignal | undefined;
  readonly now: () => Date;
}

/**
 * Asks for a file and follows redirects, as far as they lead where they may, and the page that says no virus scan was
 * possible, until a file comes. HTML that is no attachment is never taken for one.
 * @throws RowtrailError with the cause of the refusal, or AbortError
 */
export async function openFile(start: string, options: OpenOptions): Promise<OpenedFile> {
  const isForRange = options.headers.range !== undefined;
  let url = start;
  let pages = 0;
  for (let hop = 0; hop <= MAX_HOPS; hop += 1) {
    const answer = await ask(url, options);
    const { status, headers } = answer;
    if (status >= 300 && status < 400) {
      await answer.body.dump();
      url = redirected(headers.get('location'), url, options.reach);
      refuseDocument(url);
      continue;
    }
    if (status === 416 || (status === 501 && isForRange)) {
      await answer.body.dump();
      return { answer, facts: null };
    }
    if (status !== 200 && status !== 206) {
      const refusal = {
        status,
        retryAfter: headers.get('retry-after'),
        body: await pageText(answer, options),
        hasAccess: isTold(url, options),
      };
      throw await statusFailure(refusal, options.now());
    }
    const facts = believed(responseFacts(status, headers), url);
    if (facts !== null && (await isFile(answer, facts, options)))
      return { answer: readable(answer, facts, options.reach), facts };
    if (facts === null) {
      drop(answer);
      if (isForRange) return { answer, facts };
      throw new RowtrailError('short_body', 'The host sent a part of the file and did not say which');
    }
    pages += 1;
    if (pages > MAX_PAGES) {
      drop(answer);
      throw new RowtrailError('unexpected_page', 'One page after the other came instead of the file');
    }
    // Loaded with the first page: most downloads never see one.
    const { readPage } = await import('./verdicts/page.ts');
    ({ next: url } = readPage(await pageText(answer, options), url, options.now()));
  }
  throw new RowtrailError('unexpected_page', `More than ${MAX_HOPS} redirects came instead of the file`);
}

/** Whether the host answered, and with nothing that passes by itself: it will not give what was asked for in this way. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof RowtrailError)) return false;
  return error.facts.verdict === 'never' || error.code === 'unexpected_page';
}

/** Lets go of an answer without reading it. */
export function drop({ body }: HttpAnswer): void {
  body.destroy();
}

/** The text of an answer's page, of any status, or as much of it as is wanted. @throws RowtrailError of the network, AbortError */
export async function pageText(
  answer: HttpAnswer,
  options: Pick<OpenOptions, 'signal'>,
  maxBytes = MAX_PAGE_BYTES,
): Promise<string> {
  let text = '';
  for await (const piece of pagePieces(answer, options, maxBytes)) text += piece;
  return text;
}

/** That text as it comes, piece by piece; in one piece where it comes compressed. */
export async function* pagePieces(
  answer: HttpAnswer,
  { signal }: Pick<OpenOptions, 'signal'>,
  maxBytes: number,
): AsyncGenerator<string> {
  const coding = answer.headers.get('content-encoding');
  const isCompressed = isCoded(coding);
  const compressed: Buffer[] = [];
  const decoder = new StringDecoder('utf8');
  let bytes = 0;
  try {
    for await (const chunk of answer.body) {
      bytes += chunk.length;
      if (isCompressed) compressed.push(chunk);
      else yield decoder.write(chunk);
      if (bytes >= maxBytes) break;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw networkFailure(error, new URL(answer.url).host);
  }
  yield isCompressed ? await decodedText(Buffer.concat(compressed), coding, maxBytes) : decoder.end();
}

/** One GET. @throws RowtrailError of the network, private_address, credentials_unusable; AbortError */
export async function ask(url: string, options: Omit<OpenOptions, 'now'>): Promise<HttpAnswer> {
  const { access, signal } = options;
  if (access === undefined || access === null || !isTold(url, options)) return askOnce(url, {}, options);
  signal?.throwIfAborted();
  const letIn = await access.headers();
  const answer = await askOnce(url, letIn, options);
  if (answer.status !== 401 || !access.renew(letIn)) return answer;
  // A token ends now and then before its time.
  await answer.body.dump();
  return askOnce(url, await access.headers(), options);
}

async function askOnce(
  url: string,
  letIn: Readonly<Record<string, string>>,
  options: Omit<OpenOptions, 'now'>,
): Promise<HttpAnswer> {
  const { client, headers, reach, signal } = options;
  signal?.throwIfAborted();
  const address = new URL(url);
  const publicOnly = needsPublicAddress(address, reach);
  if (publicOnly) requirePublicHost(address);
  try {
    return await client.get(url, { ...headers, ...letIn }, { publicOnly });
  } catch (error) {
    signal?.throwIfAborted();
    throw networkFailure(error, address.host);
  }
}

function isTold(url: string, { access }: Pick<OpenOptions, 'access'>): boolean {
  return access !== undefined && access !== null && takesCredentials(new URL(url), access.kind);
}

/** Google names each file that it sends as an attachment: what names none may be one of its pages. */
function believed(facts: ResponseFacts | null, url: string): ResponseFacts | null {
  if (facts === null || facts.name !== null || !isGoogleUrl(new URL(url))) return facts;
  return { ...facts, isAttachment: false };
}

async function isFile(
  answer: HttpAnswer,
  facts: ResponseFacts,
  { isPageWanted, signal }: OpenOptions,
): Promise<boolean> {
  if (facts.isAttachment || !isHtml(facts.mediaType)) return true;
  try {
    return (await isPageWanted?.(answer, facts)) === true;
  } catch (error) {
    signal?.throwIfAborted();
    throw networkFailure(error, new URL(answer.url).host);
  }
}

export function isHtml(mediaType: string | null): boolean {
  return mediaType === 'text/html' || mediaType === 'application/xhtml+xml';
}

/**
 * Drive sends files as they are. Other hosts may send what they keep compressed in no other way.
 * @throws RowtrailError when the body is not the file's bytes, nor what they can be got from
 */
function readable(answer: HttpAnswer, { encoding }: ResponseFacts, { otherHosts }: Reach): HttpAnswer {
  const coding = answer.headers.get('transfer-encoding')?.trim().toLowerCase() ?? '';
  const isUsual = ['', 'identity', 'chunked'].includes(coding);
  if (isUsual && (encoding === null || (encoding === 'gzip' && otherHosts))) return answer;
  drop(answer);
  const what = isUsual ? `encoded the file (${encoding})` : `sent it with Transfer-Encoding (${coding})`;
  throw new RowtrailError('unexpected_page', `The host ${what} without being asked to`);
}

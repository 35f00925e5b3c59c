import { readFile } from 'node:fs/promises';
import { fileError, RowtrailError } from '../../errors/index.ts';

/** A file of cookies is small; a video given by mistake is not. */
const MOST_CHARACTERS = 4 << 20;

/**
 * Whether the cookies can be of any use, before a host is asked: readable, in the format that yt-dlp reads, with one of
 * YouTube's or Google's among them that has not expired.
 * @param now milliseconds since 1970
 * @throws RowtrailError: file_missing, access_denied, or usage with what is wrong
 */
export async function checkCookies(file: string, now: number): Promise<void> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw fileError(error, 'The cookies cannot be read', { file });
  });
  const wrong = whatIsWrong(text.slice(0, MOST_CHARACTERS), now);
  if (wrong !== null)
    throw new RowtrailError('usage', `${wrong} Export them anew from a browser that is signed in.`, { file });
}

/** What is wrong with cookies in Netscape's format, as a sentence, or null. Pure. */
export function whatIsWrong(text: string, now: number): string | null {
  const cookies = cookiesIn(text);
  if (cookies.length === 0) return 'The file of cookies is not in the format of Netscape (cookies.txt).';
  const ours = cookies.filter(({ domain }) => /(?:^|\.)(?:youtube|google)\.com$/i.test(domain));
  if (ours.length === 0) return 'The file of cookies holds none of youtube.com.';
  // Zero is a cookie of the session, which ends when the browser says so.
  if (ours.some(({ expires }) => expires === 0 || expires * 1000 > now)) return null;
  const last = new Date(Math.max(...ours.map(({ expires }) => expires)) * 1000);
  return `The cookies of youtube.com have expired, the last on ${last.toISOString().slice(0, 10)}.`;
}

interface Cookie {
  readonly domain: string;
  /** Seconds since 1970; zero for one of the session. */
  readonly expires: number;
  readonly name: string;
  readonly value: string;
}

/** The cookies of a file in Netscape's format. Pure. */
export function cookiesIn(text: string): readonly Cookie[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const fields = line.replace(/^#HttpOnly_/, '').split('\t');
    const [domain = '', , , , expires = '', name = '', value = ''] = fields;
    if (line.startsWith('# ') || fields.length !== 7 || !/^\d*(?:\.\d+)?$/.test(expires)) return [];
    return [{ domain, expires: Number(expires), name, value }];
  });
}

import { type Cause, RowtrailError } from '../../../errors/index.ts';
import { isGoogleUrl } from '../http/google-host.ts';
import { refuseDocument } from './editor-document.ts';
import { nextOf, type Page, parsePage, textOf } from './parse-page.ts';
import { quotaFailure } from './retry-after.ts';

/** Drive's words, by cause; the first that matches counts. Read from captions and titles, never from whole pages. */
const WORDS: readonly (readonly [RegExp, Cause, string])[] = [
  [
    /quota exceeded|too many users have viewed or downloaded|download quota/i,
    'quota_exceeded',
    'Too many people have downloaded the file',
  ],
  [/unusual traffic|automated queries|rate limit/i, 'too_many_requests', 'Google asks us to slow down'],
  [
    /infected with a virus/i,
    'download_disabled',
    'Google takes the file for harmful: only its owner may download it',
  ],
  [/only the owner/i, 'download_disabled', 'Only its owner may download the file'],
  [
    /(?:owner|administrator) has(?:n.t| not)[^.]*download|permission to download|cannot download|can.t download|downloads? (?:is|are|has been|have been) disabled/i,
    'download_disabled',
    'Downloading is switched off for the file',
  ],
  [
    /you need (?:access|permission)|request access|sign in|permission to access|not authorized/i,
    'not_shared',
    'The file is not shared with everyone',
  ],
  [
    /not found|does(?:n.t| not) exist|no longer exists|in the (?:owner.s )?trash|error 404/i,
    'not_found',
    'There is no such file',
  ],
];

/** Where captions of Drive's refusals stand. */
const CAPTIONS = '.uc-error-caption, .uc-error-subcaption, title, h1, .errorMessage';

/** The apology to whom Google takes for a bot, with the reason below it; other pages have paragraphs of their own there. */
const APOLOGY = 'h1';
const BOT_BLOCK = /unusual traffic|automated queries/i;

/**
 * What a page means that came where a file was expected: the address behind "Download anyway" of the page which says
 * that no virus scan was possible, or the reason why there is no file.
 * @throws RowtrailError with the cause that the page names; unexpected_page when it names none; DocumentInstead
 */
export function readPage(html: string, url: string, now: Date): { readonly next: string } {
  const page = parsePage(html);
  const next = confirmation(page, url);
  if (next !== null) return { next };
  refuseDocument(url, collapsed(textOf(page.first('title'))));
  throw failure(page, now);
}

/** The failure that a page of HTML stands for, whatever its status was. */
export function pageFailure(html: string, now: Date): RowtrailError {
  return failure(parsePage(html), now);
}

function failure(page: Page, now: Date): RowtrailError {
  const captions = page.all(CAPTIONS).map((element) => collapsed(textOf(element)));
  const said = captions.join(' ');
  const evidence = captions.toSorted((a, b) => b.length - a.length)[0] ?? '';
  const detail = evidence.slice(0, 200);
  if (isBotBlock(page)) {
    return new RowtrailError('too_many_requests', 'Google takes us for a bot', { detail });
  }
  if (isSignIn(page)) {
    return new RowtrailError('not_shared', 'The file is not shared with everyone: Google asks to sign in', {
      detail,
    });
  }
  for (const [words, cause, sentence] of WORDS) {
    if (!words.test(said)) continue;
    return cause === 'quota_exceeded'
      ? quotaFailure(sentence, detail, now)
      : new RowtrailError(cause, sentence, { detail });
  }
  const title = detail === '' ? '' : ` ("${detail.slice(0, 80)}")`;
  return new RowtrailError('unexpected_page', `A web page came instead of the file${title}`, { detail });
}

/** Fields that a browser does not send unless a person does something with them. */
const NOT_SENT: ReadonlySet<string> = new Set(['checkbox', 'radio', 'button', 'reset', 'image', 'file']);

/** The form with all its fields, or the link that older pages have. */
function confirmation(page: Page, url: string): string | null {
  const form = page.first('form#download-form, form#downloadForm');
  const link = page.first('a#uc-download-link');
  const next = URL.parse(form?.attribs['action'] ?? link?.attribs['href'] ?? '', url);
  if ((form === null && link === null) || next === null) return null;
  for (const { attribs } of form === null ? [] : page.all('input[name]', form)) {
    const { name, type = 'text', value = '' } = attribs;
    if (name && !NOT_SENT.has(type.toLowerCase())) next.searchParams.set(name, value);
  }
  if (!isGoogleUrl(next)) {
    throw new RowtrailError('unexpected_page', `The page leads away from Google Drive, to ${next.hostname}`);
  }
  return next.href;
}

/** Such a page stands for every address of Google's, whatever was asked for. */
function isBotBlock(page: Page): boolean {
  if (page.first('form#captcha-form') !== null) return true;
  const reasons = page.all(APOLOGY).map(nextOf);
  return reasons.some((reason) => reason?.name === 'p' && BOT_BLOCK.test(textOf(reason)));
}

function isSignIn(page: Page): boolean {
  return page.first('#gaia_loginform, #identifierId, input[type="password"]') !== null;
}

function collapsed(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

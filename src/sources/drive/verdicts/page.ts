import type { HTMLElement } from 'node-html-parser';
import { type Cause, RowtrailError } from '../../../errors/index.ts';
import { isGoogleUrl } from '../http/google-host.ts';
import { refuseDocument } from './editor-document.ts';
import { parsePage } from './parse-page.ts';
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
/** So many headings are looked below: each costs a look at all that stands beside it. */
const MAX_APOLOGIES = 5;
const BOT_BLOCK = /unusual traffic|automated queries/i;

/**
 * What a page means that came where a file was expected: the address behind "Download anyway" of the page which says
 * that no virus scan was possible, or the reason why there is no file.
 * @throws RowtrailError with the cause that the page names; unexpected_page when it names none; DocumentInstead
 */
export async function readPage(html: string, url: string, now: Date): Promise<{ readonly next: string }> {
  const page = await parsePage(html);
  const next = confirmation(page, url);
  if (next !== null) return { next };
  refuseDocument(url, collapsed(page.querySelector('title')?.text ?? ''));
  throw pageFailure(page, now);
}

/** The failure that a page of HTML stands for, whatever its status was. */
export function pageFailure(page: HTMLElement, now: Date): RowtrailError {
  const captions = page.querySelectorAll(CAPTIONS).map((element) => collapsed(element.text));
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
function confirmation(page: HTMLElement, url: string): string | null {
  const form = page.querySelector('form#download-form, form#downloadForm');
  const link = page.querySelector('a#uc-download-link');
  const next = URL.parse(form?.getAttribute('action') ?? link?.getAttribute('href') ?? '', url);
  if ((form === null && link === null) || next === null) return null;
  for (const input of form?.querySelectorAll('input[name]') ?? []) {
    const name = input.getAttribute('name');
    const type = input.getAttribute('type')?.toLowerCase() ?? 'text';
    if (name && !NOT_SENT.has(type)) next.searchParams.set(name, input.getAttribute('value') ?? '');
  }
  if (!isGoogleUrl(next)) {
    throw new RowtrailError('unexpected_page', `The page leads away from Google Drive, to ${next.hostname}`);
  }
  return next.href;
}

/** Such a page stands for every address of Google's, whatever was asked for. */
function isBotBlock(page: HTMLElement): boolean {
  if (page.querySelector('form#captcha-form') !== null) return true;
  const reasons = page
    .querySelectorAll(APOLOGY)
    .slice(0, MAX_APOLOGIES)
    .map(({ nextElementSibling }) => nextElementSibling);
  return reasons.some((reason) => reason?.tagName === 'P' && BOT_BLOCK.test(reason.text));
}

function isSignIn(page: HTMLElement): boolean {
  return page.querySelector('#gaia_loginform, #identifierId, input[type="password"]') !== null;
}

function collapsed(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

import { escapeHtml } from '../markup.ts';
import type { DriveFile, DriveFolder } from './drive-file.ts';

export const DOWNLOAD_URL = 'https://drive.usercontent.google.com/download';

/** The page that stands before a file which Drive does not scan; its hidden fields make the real address. */
export function virusPage(file: DriveFile, uuid: string): string {
  const fields = {
    id: file.id,
    export: 'download',
    ...(file.resourceKey === null ? {} : { resourcekey: file.resourceKey }),
    confirm: 't',
    uuid,
  };
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`,
  );
  return page(
    'Google Drive - Virus scan warning',
    `<div class="uc-main"><div id="uc-text">
<p class="uc-warning-caption">Google Drive can't scan this file for viruses.</p>
<p class="uc-warning-subcaption"><span class="uc-name-size"><a href="/open?id=${file.id}">${escapeHtml(file.name)}</a>
(${size(file.body.size)})</span> is too large for Google to scan for viruses. Would you still like to download this file?</p>
<form id="download-form" action="${DOWNLOAD_URL}" method="get"><input type="submit" id="uc-download-link"
class="goog-inline-block jfk-button jfk-button-action" value="Download anyway"/>${inputs.join('')}</form></div></div>`,
  );
}

function size(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)}G` : `${Math.max(1, Math.round(bytes / 1e6))}M`;
}

export function quotaPage(): string {
  return refusalPage(
    'Google Drive - Quota exceeded',
    "Sorry, you can't view or download this file at this time.",
    `Too many users have viewed or downloaded this file recently. Please try accessing the file again later. If the file
you are trying to access is particularly large or is shared with many people, it may take up to 24 hours to be able to
view or download the file. If you still can't access a file after 24 hours, contact your domain administrator.`,
  );
}

/** What Google answers to whom it takes for a bot, whatever was asked for. */
export function botBlockPage(): string {
  return page(
    'Sorry...',
    `<div><b>Sorry...</b></div><div style="margin-left: 4em;"><h1>We're sorry...</h1><p>... but your computer or network may be
sending automated queries. To protect our users, we can't process your request right now.</p></div>`,
  );
}

export function cannotDownloadPage(): string {
  return refusalPage(
    "Google Drive - Can't download file",
    "Sorry, the owner hasn't given you permission to download this file.",
    "Only the owner and editors can download this file. If you'd like to download it, please contact the owner.",
  );
}

export function notFoundPage(): string {
  return page(
    'Page Not Found',
    `<div id="main"><p>Sorry, the file you have requested does not exist.</p>
<p>Make sure that you have the correct URL and the file exists.</p></div>`,
  );
}

/** A page that is no file and says nothing about why. */
export function otherPage(): string {
  return page('Google Drive', '<p>Loading&hellip;</p>');
}

export function signInPage(): string {
  return page(
    'Sign in - Google Accounts',
    `<form action="/v3/signin/identifier" method="post"><h1>Sign in</h1><p>to continue to Google Drive</p>
<input type="email" name="identifier" aria-label="Email or phone"></form>`,
  );
}

/** The page that shows a file in the browser. */
export function viewPage(file: DriveFile): string {
  return page(
    `${file.name} - Google Drive`,
    `<meta property="og:title" content="${escapeHtml(file.name)}">
<div role="main" data-id="${file.id}">${escapeHtml(file.name)}</div>`,
  );
}

/** An entry of a folder's page. */
export interface FolderEntry {
  readonly id: string;
  readonly name: string;
  /** Null for a folder. */
  readonly mediaType: string | null;
}

/** The listing at `/embeddedfolderview`. */
export function folderPage(folder: Pick<DriveFolder, 'name'>, entries: readonly FolderEntry[]): string {
  return page(
    folder.name,
    `<div class="flip-list"><div class="flip-entries">${entries.map(folderEntry).join('\n')}</div></div>`,
  );
}

function folderEntry({ id, name, mediaType }: FolderEntry): string {
  const link = entryLink(id, mediaType);
  const type = mediaType ?? 'application/vnd.google-apps.folder';
  return `<div class="flip-entry" id="entry-${id}" tabindex="0" role="link"><div class="flip-entry-info"><a href="${link}"
target="_blank"><div class="flip-entry-visual"><div class="flip-entry-visual-card"><img
src="https://drive-thirdparty.googleusercontent.com/16/type/${escapeHtml(type)}" alt=""/></div></div><div
class="flip-entry-title">${escapeHtml(name)}</div></a></div><div class="flip-entry-last-modified"><div>1/2/24</div></div></div>`;
}

function entryLink(id: string, mediaType: FolderEntry['mediaType']): string {
  if (mediaType === null) return `https://drive.google.com/drive/folders/${id}`;
  if (mediaType.endsWith('.form')) return `https://docs.google.com/forms/d/${id}/edit?usp=drive_web`;
  if (mediaType.endsWith('.map')) return `https://www.google.com/maps/d/edit?mid=${id}&usp=drive_web`;
  return `https://drive.google.com/file/d/${id}/view?usp=drive_web`;
}

function refusalPage(title: string, caption: string, subcaption: string): string {
  return page(
    title,
    `<div class="uc-main"><div id="uc-text"><p class="uc-error-caption">${caption}</p>
<p class="uc-error-subcaption">${subcaption}</p></div></div>`,
  );
}

function page(title: string, body: string): string {
  return `<!DOCTYPE html><html><head><title>${escapeHtml(title)}</title><meta charset="utf-8"></head>
<body>${body}</body></html>\n`;
}

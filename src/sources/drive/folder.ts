import { parse } from 'node-html-parser';
import { RowtrailError } from '../../errors/index.ts';
import { parseDriveLinks } from './link.ts';
import { editorKind } from './export-formats.ts';
import { ask, type OpenOptions, pageText } from './open-file.ts';
import { pageFailure } from './page.ts';
import { redirected } from './reach.ts';
import { statusFailure } from './status-failure.ts';
import { folderUrl, type GoogleTarget } from './target.ts';

const MAX_HOPS = 10;
/** Folders nest and loop; what lies deeper or beyond is a mistake more often than not. */
const MAX_DEPTH = 20;
const MAX_FILES = 10_000;

/**
 * The files of a public folder and of the folders inside it, in the order of its page, each once.
 * @throws RowtrailError when the folder or one inside it cannot be listed or is empty; AbortError
 */
export async function listFolder(
  folder: GoogleTarget,
  options: OpenOptions,
): Promise<readonly GoogleTarget[]> {
  const files = new Map<string, GoogleTarget>();
  const seen = new Set<string>();
  const visit = async (current: GoogleTarget, depth: number): Promise<void> => {
    if (seen.has(current.id) || depth > MAX_DEPTH) return;
    seen.add(current.id);
    for (const entry of readFolderPage(await folderPage(current, options), options.now())) {
      if (entry.kind === 'folder') await visit(entry, depth + 1);
      else files.set(entry.id, files.get(entry.id) ?? entry);
      if (files.size > MAX_FILES)
        throw new RowtrailError('unsupported_link', `The folder has more than ${MAX_FILES} files`);
    }
  };
  await visit(folder, 0);
  if (files.size === 0) throw new RowtrailError('not_found', 'The folder is empty');
  return [...files.values()];
}

/**
 * The entries of a folder's page; those that are neither a file nor a folder (a form, a map) are left out.
 * @throws RowtrailError with the cause that the page names when it is no folder's page
 */
export function readFolderPage(html: string, now: Date): readonly GoogleTarget[] {
  const page = parse(html);
  const isFolder = page.querySelector('.flip-entries, .flip-list, .flip-entry') !== null;
  const targets = page.querySelectorAll('a[href]').flatMap((link) => {
    const { targets: found } = parseDriveLinks(link.getAttribute('href') ?? '');
    // Documents of the editors are linked like files; only the picture beside the name tells them apart.
    const kind = editorKind(mediaTypeOf(link.querySelector('img')?.getAttribute('src') ?? ''));
    return found.flatMap((target): GoogleTarget[] => {
      if (target.kind === 'direct') return [];
      return [kind === null || target.kind !== 'file' ? target : { ...target, kind }];
    });
  });
  if (targets.length === 0 && !isFolder) throw pageFailure(page, now);
  return targets;
}

/** `https://.../16/type/application/vnd.google-apps.document` */
function mediaTypeOf(picture: string): string {
  return /\/type\/([a-z]+\/[\w.+-]+)$/i.exec(picture)?.[1] ?? '';
}

async function folderPage(folder: GoogleTarget, options: OpenOptions): Promise<string> {
  let url = folderUrl(folder);
  for (let hop = 0; hop <= MAX_HOPS; hop += 1) {
    const answer = await ask(url, options);
    if (answer.status >= 300 && answer.status < 400) {
      await answer.body.dump();
      url = redirected(answer.headers.get('location'), url, options.reach);
      continue;
    }
    const body = await pageText(answer, options);
    if (answer.status === 200) return body;
    throw statusFailure(
      { status: answer.status, retryAfter: answer.headers.get('retry-after'), body },
      options.now(),
    );
  }
  throw new RowtrailError('unexpected_page', `More than ${MAX_HOPS} redirects came instead of the folder`);
}

import { listFolder } from './folder.ts';
import { parseDriveLinks } from './link.ts';
import { ask, drop, type OpenOptions } from './open-file.ts';
import { redirected } from './reach.ts';
import { type DriveTarget, type GoogleTarget, openUrl } from './target.ts';

/**
 * The files behind a target: those of a folder, or the target itself once it is known what it is.
 * @throws RowtrailError when Drive does not say; AbortError
 */
export async function expandTarget(
  target: DriveTarget,
  options: OpenOptions,
): Promise<readonly DriveTarget[]> {
  const known = target.kind === 'any' ? await resolveKind(target, options) : target;
  return known.kind === 'folder' ? listFolder(known, options) : [known];
}

/** What an `open?id=` link leads to, by where Drive redirects it; a file when it does not. */
async function resolveKind(target: GoogleTarget, options: OpenOptions): Promise<GoogleTarget> {
  const url = openUrl(target);
  const answer = await ask(url, options);
  drop(answer);
  const isRedirect = answer.status >= 300 && answer.status < 400;
  const { targets } = isRedirect
    ? parseDriveLinks(redirected(answer.headers.get('location'), url, options.reach))
    : { targets: [] };
  const found = targets.find(({ id, kind }) => id === target.id && kind !== 'any');
  return found === undefined || found.kind === 'direct'
    ? { ...target, kind: 'file' }
    : { ...target, kind: found.kind };
}

import { parseDriveLinks } from '../links/link.ts';
import { ask, drop, type OpenOptions } from '../open-file.ts';
import { redirected } from '../http/reach.ts';
import { type GoogleTarget, openUrl } from '../links/target.ts';

/**
 * What an `open?id=` link or a shortcut leads to, by where Drive redirects it; a file when it does not.
 * @throws RowtrailError when Drive refuses; AbortError
 */
export async function resolveKind(target: GoogleTarget, options: OpenOptions): Promise<GoogleTarget> {
  const url = openUrl(target);
  const answer = await ask(url, options);
  drop(answer);
  const isRedirect = answer.status >= 300 && answer.status < 400;
  if (!isRedirect) return { ...target, kind: 'file' };
  const [found] = parseDriveLinks(redirected(answer.headers.get('location'), url, options.reach)).targets;
  if (found === undefined || found.kind === 'direct' || found.kind === 'any')
    return { ...target, kind: 'file' };
  return { kind: found.kind, id: found.id, resourceKey: found.resourceKey ?? target.resourceKey };
}

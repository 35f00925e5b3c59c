import { parseDriveLinks } from '../links/link.ts';
import { ask, drop, type OpenOptions, pageText } from '../open-file.ts';
import { redirected } from '../http/reach.ts';
import { statusFailure } from '../verdicts/status-failure.ts';
import { type GoogleTarget, openUrl } from '../links/target.ts';

/**
 * What an `open?id=` link or a shortcut leads to, by where Drive redirects it; a file when it does not, whose own address then says
 * why there is none.
 * @throws RowtrailError when Drive asks to slow down, or has an error; AbortError
 */
export async function resolveKind(target: GoogleTarget, options: OpenOptions): Promise<GoogleTarget> {
  const url = openUrl(target);
  const answer = await ask(url, options);
  const { status, headers } = answer;
  if (status === 429 || status >= 500) {
    const refusal = { status, retryAfter: headers.get('retry-after'), body: await pageText(answer, options) };
    throw await statusFailure(refusal, options.now());
  }
  drop(answer);
  const isRedirect = status >= 300 && status < 400;
  if (!isRedirect) return { ...target, kind: 'file' };
  const [found] = parseDriveLinks(redirected(headers.get('location'), url, options.reach)).targets;
  if (found === undefined || found.kind === 'direct' || found.kind === 'any')
    return { ...target, kind: 'file' };
  return { kind: found.kind, id: found.id, resourceKey: found.resourceKey ?? target.resourceKey };
}

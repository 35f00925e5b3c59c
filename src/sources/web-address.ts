import type { Cause } from '../errors/index.ts';

/** `drive.google.com/...` as people copy it out of a browser's address line. */
const WITHOUT_SCHEME = /^[a-z0-9][a-z0-9.-]*\.[a-z]{2,}\.?(?::\d+)?(?:[/?#]|$)/i;

const SCHEME = /^([a-z][a-z0-9+.-]*):/i;

/** Schemes by which people mean another place; any other one that is not the web's is taken for a slip of the pen. */
const OTHER_PLACES = new Set(['file', 'ftp', 'ftps', 'sftp', 'smb', 'mailto', 'tel', 'magnet', 's3', 'gs']);

/**
 * A link as an http or https URL, `https://` added where no scheme stands; otherwise why it is none: `foreign_link` for
 * what leads to a place outside the web, `malformed_link` for the rest, among it `htps://...`. Pure; no host is contacted.
 */
export function webAddress(link: string): URL | Extract<Cause, 'foreign_link' | 'malformed_link'> {
  if (WITHOUT_SCHEME.test(link)) return URL.parse(`https://${link}`) ?? 'malformed_link';
  const scheme = SCHEME.exec(link)?.[1]?.toLowerCase() ?? '';
  if (OTHER_PLACES.has(scheme)) return 'foreign_link';
  const url = scheme === 'http' || scheme === 'https' ? URL.parse(link) : null;
  // A scheme pasted in front of a whole link makes a host of the link's own scheme.
  if (url === null || url.hostname === 'http' || url.hostname === 'https') return 'malformed_link';
  return url;
}

import { splitExtension } from '../../../files/index.ts';

/** What an extension looks like that no content contradicts; `.001` is the volume of a split archive. */
const LIKELY = /^(?:\.tar)?\.(?:[a-z][a-z0-9]{0,3}|mjpeg|3gpp?|3g2|7z|0\d\d)$/i;

/** Of pages that a server computes: what they give out is seldom a page. */
const SERVER_PAGE = /^\.(?:php|aspx?|ashx|cgi|jsp)$/i;

/** Content that goes by its own extension; a ZIP archive or a text may as well be the inside of something else. */
const CLEAR_TYPE = /^(?:video|audio|image)\/|^application\/(?:pdf|epub|vnd\.(?:oasis|openxmlformats))/;

/** Whether what stands behind a name's last dot, with the dot, is the file's extension whatever the file holds. */
export function isLikelyExtension(extension: string): boolean {
  return LIKELY.test(extension) && !SERVER_PAGE.test(extension);
}

/** Whether a file of this media type has that type's extension rather than this unlikely one: `12.05.2024`, `get.php`. */
export function isOutweighed(extension: string, mediaType: string): boolean {
  if (SERVER_PAGE.test(extension)) return !/^text\/(?:html|plain)$/.test(mediaType);
  return CLEAR_TYPE.test(mediaType) || (/^\.\d+$/.test(extension) && mediaType.startsWith('text/'));
}

/** A name without its extension. @param stored the extension that the file got, or the whole name with it */
export function baseOf(name: string, stored: string): string {
  const { base, extension } = splitExtension(name);
  return stored.endsWith(extension) || SERVER_PAGE.test(extension) ? base : name;
}

/** What `baseOf` may give, while the content that decides is not there. */
export function possibleBases(name: string): readonly string[] {
  const { base, extension } = splitExtension(name);
  return extension === '' || LIKELY.test(extension) ? [base] : [base, name];
}

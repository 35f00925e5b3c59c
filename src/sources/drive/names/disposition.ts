import { decodeExtended, parse } from 'content-disposition';
import { asUtf8 } from './header-text.ts';

/** What a Content-Disposition header says. */
export interface Disposition {
  readonly isAttachment: boolean;
  /** The host's name for the file, `filename*` before `filename`; hostile. Null where there is none that can be read. */
  readonly name: string | null;
}

/**
 * Reads a Content-Disposition header as Node gives it (its bytes as Latin-1 characters). Hosts break its rules in every way:
 * where the strict reading finds no name, the words after `filename` count, and encodings that do not belong there are
 * undone as browsers do. Never throws.
 */
export function readDisposition(header: string | undefined): Disposition {
  if (header === undefined || header === '') return { isAttachment: false, name: null };
  const text = asUtf8(header);
  const isAttachment = /^\s*attachment\b/i.test(text);
  return { isAttachment, name: strictName(text) || looseName(text) || null };
}

function strictName(text: string): string | null {
  try {
    const { filename, 'filename*': extended = '' } = parse(text).parameters;
    if (filename === undefined) return null;
    // What `filename*` said is decoded already, and a percent sign left in it is one of the name.
    return filename === decodeExtended(extended) ? filename : withoutEncodings(filename);
  } catch {
    // The library is strict about what it takes for a header at all.
    return null;
  }
}

/** `filename*="UTF-8''x"`, `filename="x` without its end, `filename=` after words that do not belong there. */
function looseName(text: string): string {
  const extended = /filename\*\s*=\s*"?[\w-]*'[\w-]*'([^";]+)/i.exec(text)?.[1];
  const decoded = extended === undefined ? null : percentDecoded(extended);
  if (decoded) return decoded;
  const plain = /filename\s*=\s*(?:"([^"]*)|([^;]*))/i.exec(text);
  return withoutEncodings(plain?.[1]?.trim() || plain?.[2]?.trim() || '');
}

/** Percent signs and encoded words (RFC 2047) in a plain name stand for other characters wherever they make sense. */
function withoutEncodings(name: string): string {
  const words = name.replaceAll(
    /=\?(utf-8|iso-8859-1)\?([bq])\?([^?\s]*)\?=\s*/gi,
    (_all, charset, kind, data) => {
      const quoted = String(data)
        .replaceAll('_', ' ')
        .replaceAll(/=([0-9a-f]{2})/gi, '%$1');
      const bytes =
        String(kind).toLowerCase() === 'b' ? Buffer.from(String(data), 'base64') : percentBytes(quoted);
      return bytes.toString(String(charset).toLowerCase() === 'utf-8' ? 'utf8' : 'latin1');
    },
  );
  return /%[0-9a-f]{2}/i.test(words) ? (percentDecoded(words) ?? words) : words;
}

function percentDecoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function percentBytes(text: string): Buffer {
  const latin = text.replaceAll(/%([0-9a-f]{2})/gi, (_all, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
  return Buffer.from(latin, 'latin1');
}

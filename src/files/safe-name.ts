/** Names are kept below this, so that every file system takes them and `~2` or `_metadata.json` still fits. */
const MAX_NAME_BYTES = 200;

/** What an extension may look like; anything longer or stranger is part of the name. */
const EXTENSION = /(?:\.tar)?\.[A-Za-z0-9]{1,10}$/;

/** Names that Windows keeps for devices, with or without an extension. */
const RESERVED = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?:\..*)?$/i;

/** A leading one hides a file, looks like an option or makes a spreadsheet compute. */
const RISKY_START = /^[.\-=+@]/;

/**
 * A hostile name as a plain file name that Linux, macOS and Windows all take: NFC, one path component, no control or
 * direction-changing characters, none of `<>:"/\|?*`, no comma (lists of files are joined with commas), no device
 * name, no leading `. - = + @`, no trailing dot or space, at most 200 bytes of UTF-8 with its extension kept. Never
 * empty, never throws.
 */
export function safeFileName(name: string): string {
  const { base, extension } = splitExtension(safeCharacters(name));
  return safeStart(cutToBytes(base, MAX_NAME_BYTES - extension.length - 1) + extension);
}

/** A hostile text as the beginning of a file name, of at most `maxBytes` bytes of UTF-8; same rules as a file name. */
export function safeBase(text: string, maxBytes: number): string {
  return safeStart(cutToBytes(safeCharacters(text), maxBytes - 1));
}

/** A name and its extension with the dot; the extension is empty where there is none, or none that looks like one. */
export function splitExtension(name: string): { readonly base: string; readonly extension: string } {
  const extension = EXTENSION.exec(name)?.[0] ?? '';
  const base = name.slice(0, name.length - extension.length);
  return base === '' ? { base: name, extension: '' } : { base, extension };
}

function safeCharacters(text: string): string {
  return withoutTrailing(
    text
      .toWellFormed()
      // Format characters can reverse what a person reads; only the two joiners are needed to spell anything.
      .replaceAll(/(?![\u200C\u200D])\p{Cf}/gu, '')
      .replaceAll(/\s+/gu, ' ')
      // Only what stands beside each other now is composed.
      .normalize('NFC')
      .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Cn}\p{Co}<>:"/\\|?*,]/gu, '_')
      .trim(),
  );
}

function safeStart(name: string): string {
  if (name === '') return '_';
  return RISKY_START.test(name) || RESERVED.test(name) ? `_${name}` : name;
}

function cutToBytes(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  let bytes = 0;
  let kept = '';
  for (const char of text) {
    bytes += Buffer.byteLength(char);
    if (bytes > maxBytes) break;
    kept += char;
  }
  return withoutTrailing(kept);
}

function withoutTrailing(text: string): string {
  return text.replace(/[. ]+$/, '');
}

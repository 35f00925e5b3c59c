/** A piece of a transcript: its lines are shown together. */
export interface Cue {
  /** Milliseconds. */
  readonly startMs: number;
  readonly endMs: number;
  /** Plain text, without tags and empty lines. */
  readonly lines: readonly string[];
}

const TIMING = /^((?:\d+:)?\d{2}:\d{2}[.,]\d{3})\s+-->\s+((?:\d+:)?\d{2}:\d{2}[.,]\d{3})/;

/** A time in the middle of a line: speech recognition writes word after word. */
const WORD_TIME = /<(?:\d+:)?\d{2}:\d{2}\.\d{3}>/;

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  lrm: '\u200e',
  rlm: '\u200f',
};

/**
 * The cues of a WebVTT text. YouTube's automatic captions roll: each line is shown once as it is spoken and again above
 * the next one, and cues of a hundredth of a second stand between; there each line comes once. What a person wrote stays
 * as it is, repeats included. Pure; what is no cue is passed over.
 */
export function readCues(vtt: string): readonly Cue[] {
  const blocks = vtt
    .replace(/^\uFEFF/, '')
    .replaceAll('\r\n', '\n')
    .replaceAll('\r', '\n')
    .split(/\n(?=\n)/);
  const cues = blocks.flatMap(cueIn);
  return WORD_TIME.test(vtt) ? unrolled(cues) : cues.filter(({ lines }) => lines.length > 0);
}

/** Lines of a block end with the first empty one; a line with a blank in it is part of it. */
function cueIn(block: string): readonly Cue[] {
  const lines = block.replace(/^\n+/, '').split('\n');
  const at = lines.findIndex((line) => TIMING.test(line));
  // An identifier may stand above the times; anything else there is a note or a style.
  const match = at === 0 || at === 1 ? TIMING.exec(lines[at] ?? '') : null;
  if (match === null) return [];
  const [, start = '', end = ''] = match;
  const text = lines.slice(at + 1).map(plain);
  return [
    { startMs: milliseconds(start), endMs: milliseconds(end), lines: text.filter((line) => line !== '') },
  ];
}

/** Each line where it appears first. */
function unrolled(cues: readonly Cue[]): readonly Cue[] {
  const kept: Cue[] = [];
  let shown: readonly string[] = [];
  for (const cue of cues) {
    const lines = cue.lines.slice(overlap(shown, cue.lines));
    shown = cue.lines;
    const last = kept.at(-1);
    if (lines.length > 0) kept.push({ ...cue, lines });
    else if (last !== undefined && cue.lines.length > 0 && cue.endMs > last.endMs) {
      kept[kept.length - 1] = { ...last, endMs: cue.endMs };
    }
  }
  return kept;
}

/** How many of the lines at the beginning stood at the end before. */
function overlap(before: readonly string[], lines: readonly string[]): number {
  for (let count = Math.min(before.length, lines.length); count > 0; count -= 1) {
    const end = before.slice(before.length - count);
    if (end.every((line, index) => line === lines[index])) return count;
  }
  return 0;
}

/** Text without tags, entities and what no terminal or editor should meet. */
function plain(line: string): string {
  return line
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(
      /&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]{1,8});/gi,
      (entity, name: string) => entityText(name) ?? entity,
    )
    .replaceAll(/\p{Cc}/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function entityText(name: string): string | null {
  if (!name.startsWith('#')) return ENTITIES[name.toLowerCase()] ?? null;
  const hex = /^#x/i.test(name);
  const code = Number.parseInt(name.slice(hex ? 2 : 1), hex ? 16 : 10);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : null;
}

function milliseconds(time: string): number {
  const [seconds = 0, minutes = 0, hours = 0] = time.replace(',', '.').split(':').toReversed().map(Number);
  return Math.round(((hours * 60 + minutes) * 60 + seconds) * 1000);
}

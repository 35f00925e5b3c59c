import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { RowContext } from '../../src/row/index.ts';

/** What a generated row holds, besides its row_id. */
export interface SampleRow {
  readonly context: RowContext;
  readonly youtube: string;
  readonly drive: string;
}

const HEADER = 'row_id,name,email,type,link,youtube_playlist,google_drive';
const FIRST_NAMES = ['Ana', 'Björn', 'Chloé', 'Dmitri', 'Eun-ji', 'Fatima', 'Georg', 'Haruka'];
const LAST_NAMES = ['Almeida', 'Brandt', "D'Angelo", 'García', 'Kowalczyk', 'Nakamura', 'Okafor', 'van Dijk'];
const TYPES = ['FF-Fi/Se-CP/B(S) #4', 'MM-Ne/Ti-SB/C(P) #1', 'FM-Te/Ni-PC/S(B) #2', 'MF-Se/Fi-BP/C(S) #3'];
const PLACEHOLDERS = ['-', '', "'-", 'none'];
const ID_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** Lines between two that are no row: a comment, or the header once more. */
const COMMENT_EVERY = 10_000;
const LINES_PER_WRITE = 2000;

/**
 * Row number `index` of every generated CSV: the same on each machine, with the shares of the real ones: nine of ten have
 * YouTube links (most a list of three videos), two of three a Drive link, the others placeholders.
 */
export function sampleRow(index: number): SampleRow {
  const next = randomFrom(index);
  const first = pick(FIRST_NAMES, next());
  const last = pick(LAST_NAMES, next());
  const context = new RowContext({
    rowId: String(index + 1).padStart(7, '0'),
    rowIndex: index,
    type: pick(TYPES, next()),
    name: next() < 0.2 ? `${last}, ${first}` : `${first} ${last}`,
    email: `person.${index + 1}@mail${Math.floor(next() * 50)}.example.org`,
  });
  return { context, youtube: youtubeCell(next), drive: driveCell(next) };
}

/**
 * Writes a CSV of so many rows, about 220 bytes each, without tracking columns.
 * @param lineAt its lines, by the number of the row
 */
export async function writeSampleCsv(path: string, rows: number, lineAt = lineOf): Promise<void> {
  const out = createWriteStream(path);
  out.write(`${HEADER}\n`);
  for (let from = 0; from < rows; from += LINES_PER_WRITE) {
    let block = '';
    for (let index = from; index < Math.min(from + LINES_PER_WRITE, rows); index++) block += lineAt(index);
    if (!out.write(block)) await once(out, 'drain');
  }
  out.end();
  await finished(out);
}

/** The same person with a link that no host has to be asked about: nobody can fetch it. */
export function unfetchableLineOf(index: number): string {
  const { rowId, name, email, type } = sampleRow(index).context;
  return `${[rowId, quoted(name), email, type, '', `https://www.youtube.com/wach?v=${index}`, ''].join(',')}\n`;
}

function lineOf(index: number): string {
  const { context, youtube, drive } = sampleRow(index);
  const { rowId, name, email, type } = context;
  const link = `https://forms.example.org/answers/${index + 1}?view=full`;
  const line = `${[rowId, quoted(name), email, type, link, quoted(youtube), drive].join(',')}\n`;
  if (index % COMMENT_EVERY !== COMMENT_EVERY - 1) return line;
  return `# ${index + 1} so far,,,,,,\n${HEADER}\n${line}`;
}

function quoted(text: string): string {
  return text.includes(',') ? `"${text}"` : text;
}

function youtubeCell(next: () => number): string {
  const kind = next();
  if (kind < 0.1) return pick(PLACEHOLDERS, next());
  if (kind < 0.4) return `https://youtu.be/${idOf(11, next)}`;
  return `https://www.youtube.com/watch_videos?video_ids=${[0, 0, 0].map(() => idOf(11, next)).join(',')}`;
}

function driveCell(next: () => number): string {
  if (next() < 1 / 3) return pick(PLACEHOLDERS, next());
  return `https://drive.google.com/file/d/${idOf(33, next)}/view?usp=sharing`;
}

function idOf(length: number, next: () => number): string {
  let id = '';
  while (id.length < length) id += ID_CHARACTERS[Math.floor(next() * ID_CHARACTERS.length)] ?? '';
  return id;
}

function pick<Value>(values: readonly [Value, ...Value[]] | readonly Value[], at: number): Value {
  const value = values[Math.floor(at * values.length)];
  if (value === undefined) throw new RangeError('nothing to choose from');
  return value;
}

/** mulberry32: numbers from 0 to 1, the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = (seed + 1) * 0x9e3779b1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

import {
  closeSync,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import papaparse from 'papaparse';
import { recordAt } from './sheet.ts';

/**
 * A person who saves a CSV all the while, in every way that programs save: a new file in the old one's place, or into the same
 * file, at once or in two parts; sorted, with rows appended, all quoted, with another delimiter, or as it was a while ago.
 * Arguments: the CSV, its number of rows, milliseconds between two saves. Prints `saved HOW` for each save,
 * `appended N` for each new row, `overtaken` for a save into a file that was replaced in the same microseconds, and
 * `ended MS` when its stdin ends, MS being what the slowest save into the same file took.
 */
const [csv = '', rowsText = '0', pauseText = '400'] = process.argv.slice(2);
let rows = Number(rowsText);
let ended = false;
/** Milliseconds of the slowest save into the same file. */
let slowest = 0;
const PART_PAUSE_MS = 60;
let older = readFileSync(csv, 'utf8');
createInterface(process.stdin).on('close', () => (ended = true));

type Table = string[][];
const read = () => papaparse.parse<string[]>(readFileSync(csv, 'utf8'), { skipEmptyLines: true }).data;
const say = (line: string) => process.stdout.write(`${line}\n`);

const CHANGES: readonly ((table: Table) => string)[] = [
  (table) => written(sorted(table)),
  (table) => written(table, { quotes: true }),
  (table) => written(table, { newline: '\n' }),
  (table) => written(table.toReversed(), { delimiter: ';' }, table[0]),
  ([header = [], ...others]) => {
    const cells = papaparse.parse<string[]>(recordAt(rows), { newline: '\r\n' }).data[0] ?? [];
    pending = rows;
    return written([header, header.map((_, column) => cells[column] ?? ''), ...others]);
  },
  () => {
    const stale = older;
    older = readFileSync(csv, 'utf8');
    // An older copy that lacks rows is another matter: their person deleted them.
    return countRows(stale) === countRows(older) ? stale : older;
  },
];
/** The row that the save under way appends. */
let pending: number | null = null;

function sorted([header = [], ...others]: Table): Table {
  const column = Math.floor(Math.random() * 4);
  return [header, ...others.toSorted((a, b) => (a[column] ?? '').localeCompare(b[column] ?? ''))];
}

function written(table: Table, config: papaparse.UnparseConfig = {}, header?: string[]): string {
  const ordered = header ? [header, ...table.filter((record) => record !== header)] : table;
  return `${papaparse.unparse(ordered, config)}${config.newline ?? '\r\n'}`;
}

function countRows(text: string): number {
  return papaparse.parse(text, { skipEmptyLines: true }).data.length;
}

/**
 * Saves into the same file without ever giving way, as a program that saves does: one that leaves half a file alone for longer
 * than rowtrail waits would be taken at its word.
 * @returns false when the file was replaced between opening and the end
 */
function saveInPlace(text: string, parts: number): boolean {
  const began = performance.now();
  const file = openSync(csv, 'w');
  const size = Math.ceil(text.length / parts);
  for (let part = 0; part < parts; part++) {
    if (part > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PART_PAUSE_MS);
    writeSync(file, text.slice(part * size, (part + 1) * size));
  }
  const { ino } = fstatSync(file);
  closeSync(file);
  slowest = Math.max(slowest, performance.now() - began);
  return statSync(csv).ino === ino;
}

function saveAsNew(text: string): boolean {
  const temp = join(dirname(csv), 'editor~saves');
  writeFileSync(temp, text);
  renameSync(temp, csv);
  return true;
}

say('ready');
for (let round = 0; !ended; round++) {
  const change = CHANGES[round % CHANGES.length];
  const text = change?.(read()) ?? '';
  const how = ['in place', 'as a new file', 'in two parts'][round % 3] ?? '';
  const kept = how === 'as a new file' ? saveAsNew(text) : saveInPlace(text, how === 'in two parts' ? 2 : 1);
  say(kept ? `saved ${round % CHANGES.length} ${how}` : 'overtaken');
  if (kept && pending !== null) {
    say(`appended ${pending}`);
    rows++;
  }
  pending = null;
  await sleep(Number(pauseText) * (0.5 + Math.random()));
}
say(`ended ${Math.round(slowest)}`);
process.exit(0);

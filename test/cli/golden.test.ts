import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import papaparse from 'papaparse';
import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { keysOf } from './fixtures.ts';
import { type Screen, screen } from './screen.ts';
import { SITUATIONS } from './situations.ts';

/** Every command that reads a CSV, with every flag that changes what it says. What changes the CSV comes last. */
const CALLS: readonly string[] = [
  'status people.csv',
  'plan people.csv',
  'run people.csv --dry-run',
  'pending people.csv',
  'pending people.csv --type drive',
  'pending people.csv --no-include-failed',
  'failed people.csv',
  'failed people.csv --type youtube',
  'failed people.csv --by remedy',
  'failed people.csv --export failed.csv --force',
  'find dQw4w9WgXcQ_row001_FF-1.mp4 --csv-path people.csv',
  'why 001 --csv-path people.csv',
  'why people.csv 003',
  'why people.csv 002',
  'verify people.csv',
  'verify people.csv --hash',
  'verify people.csv --repair',
  'verify people.csv --repair --yes',
  'verify people.csv --undo',
  'adopt people.csv leavings --dry-run',
  'adopt people.csv leavings',
  'clean people.csv',
  'clean people.csv --keep-backups 1 --yes',
  'forget people.csv 003',
  'forget people.csv 003 --yes',
  'forget people.csv nobody',
  'metrics people.csv',
  'metrics people.csv --prometheus',
  'alerts people.csv',
  'report people.csv',
  'report people.csv --details',
  'report people.csv --html report.html',
  'init people.csv',
  'csv-tracker --status --csv-path people.csv',
  'csv-tracker --pending --csv-path people.csv',
  'csv-tracker --failed drive --csv-path people.csv',
  'csv-tracker --enhance-schema --status --pending --failed --csv-path people.csv',
  'csv-tracker --reset-status nobody --csv-path people.csv',
  'monitoring --status --csv-path people.csv',
  'monitoring --status --metrics --alerts --report --detailed --csv-path people.csv',
  'error-handling --validate-csv people.csv',
  'retry people.csv --cause locked',
  'retry people.csv --since 2h --category permission',
  'retry people.csv',
  'reset people.csv --failed',
  'reset people.csv 003 nobody',
  'reset people.csv --all',
];

/** Calls whose own words or files are not bound to a width, or are not text for a person. */
const MACHINE_TEXT = /--prometheus/;

let home: string;
beforeAll(() => {
  home = process.cwd();
});
afterAll(() => process.chdir(home));

/** What changes the CSV, writes a file or keeps a sample gets a copy of its own, so that calls cannot disturb each other. */
async function inPlaceFor(
  line: string,
  { folder, pristine }: { readonly folder: string; readonly pristine: string },
  call: () => Promise<Screen>,
): Promise<Screen> {
  let place = folder;
  if (
    /^(retry|reset|verify|adopt|clean|forget|metrics|alerts|report|monitoring)|--(reset-status|export)/.test(
      line,
    )
  ) {
    place = await tempFolder();
    await cp(pristine, place, { recursive: true });
  }
  process.chdir(place);
  return call();
}

/** What differs from run to run and machine to machine. */
function steady(text: string): string {
  return text
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z/g, '<time>')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, '<time> UTC')
    .replaceAll(/"\/[^"]*\/rowtrail-(golden|test)-\w+/g, '"<folder>')
    .replaceAll(/\d\d:\d\d(\s+)(completed|failed|put)/g, '<time>$1$2')
    .replaceAll(/ \(since\s+\d\d:\d\d\)/g, ' (since <time>)')
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>')
    .replaceAll(/(rowtrail_metrics_timestamp_seconds|rowtrail_disk_\w+_bytes) .*/g, '$1 <number>')
    .replaceAll(/("disk_(usage|free)_gb"): [\d.e-]+/g, '$1: "<number>"')
    .replaceAll(/("avg_download_time"|"average_seconds"): [\d.e-]+/g, '$1: "<number>"')
    .replaceAll(/(disk (free|used)) +[\d.]+ GB/g, '$1 <number> GB')
    .replaceAll(/Disk: [\d.]+ GB used,\s+[\d.]+ GB free/g, 'Disk: <number>')
    .replaceAll(/(average download) +[\d.]+ s/g, '$1 <number> s')
    .replaceAll(/("(first|last|min|max|change)"): [\d.e-]+/g, '$1: "<number>"')
    .replaceAll(/M{200,}/g, (letters) => `<M, ${letters.length} times>`)
    .replaceAll(/(word ){100,}/g, (words) => `<word, ${words.length / 5} times> `);
}

describe.each(Object.keys(SITUATIONS) as (keyof typeof SITUATIONS)[])('%s', (situation) => {
  let folder: string;
  // Copied once its ledger is closed: while a tracker of this process has it open, files of SQLite come and go in it.
  let pristine: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rowtrail-golden-'));
    pristine = await mkdtemp(join(tmpdir(), 'rowtrail-golden-'));
    await SITUATIONS[situation](folder);
    while ((await openLedgers(folder)).length > 0) await sleep(50);
    await cp(folder, pristine, { recursive: true });
  }, 60_000);
  afterAll(async () => {
    for (const made of [folder, pristine]) await rm(made, { recursive: true, force: true });
  });

  it.for(CALLS)('%s', async (line) => {
    const args = line.split(' ');
    const shots: string[] = [];
    for (const width of [80, 40]) {
      const { code, stdout, stderr } = await inPlaceFor(line, { folder, pristine }, () =>
        screen(args, { width }),
      );
      if (!MACHINE_TEXT.test(line)) for (const text of [stdout, stderr]) expectFit(text, width);
      expectHarmless(`${stdout}${stderr}`);
      shots.push(
        `# ${width} columns, exit code ${code}\n${stdout}${stderr === '' ? '' : `# stderr\n${stderr}`}`,
      );
    }
    const file = join(import.meta.dirname, 'golden', situation, line.replaceAll(/[^\w.-]+/g, '_'));
    await expect(steady(shots.join('\n'))).toMatchFileSnapshot(`${file}.txt`);

    if (MACHINE_TEXT.test(line)) return;
    const { stdout, stderr } = await inPlaceFor(line, { folder, pristine }, () =>
      screen([...args, '--json']),
    );
    expectHarmless(`${stdout}${stderr}`);
    for (const key of keysOf(JSON.parse(stdout))) expect(key).toMatch(/^[a-z][a-z0-9_]*$/);
    await expect(steady(stdout)).toMatchFileSnapshot(`${file}.json.txt`);
  });
});

it('every command is looked at, but for those that show this machine, write a script or serve a page', () => {
  const looked = new Set(CALLS.map((line) => line.split(' ')[0]));
  const others = COMMANDS.map(({ name }) => name).filter((name) => !looked.has(name));
  expect(others.toSorted()).toEqual(['completion', 'demo', 'doctor', 'serve', 'setup', 'worker']);
});

it('no golden file is left of a call that is no more', async () => {
  const kept = new Set(CALLS.map((line) => line.replaceAll(/[^\w.-]+/g, '_')));
  for (const situation of Object.keys(SITUATIONS))
    for (const name of await readdir(join(import.meta.dirname, 'golden', situation)))
      expect(kept).toContain(name.replace(/(\.json)?\.txt$/, ''));
});

describe('hostile content in the files that are written', () => {
  it('an exported list holds no formula, and a report no HTML of others', async () => {
    const folder = await tempFolder();
    await SITUATIONS['hostile-content'](folder);
    process.chdir(folder);
    await screen(['failed', 'people.csv', '--export', 'failed.csv']);
    await screen(['report', 'people.csv', '--details', '--html', 'report.html']);
    const list = await readFile('failed.csv', 'utf8');
    const cells = papaparse.parse<string[]>(list.slice(1)).data.flat();
    expect(cells.filter((cell) => cell.includes('HYPERLINK'))).not.toEqual([]);
    for (const cell of cells) expect(cell).not.toMatch(/^[=+\-@\t\r\n]/);
    const html = await readFile('report.html', 'utf8');
    expect(html).not.toMatch(/<script|<img|onerror=alert\(1\)>/);
    expectHarmless(html);
  });
});

describe.each([80, 40])('help at %d columns', (width) => {
  it.for(COMMANDS.map(({ name }) => name))('of %s fits', async (name) => {
    const { stdout } = await screen([name, '--help'], { width });
    expect(stdout).toMatch(/^Usage: rowtrail /);
    expectFit(stdout, width);
  });
});

/** Files that SQLite keeps beside a ledger as long as it is open. */
async function openLedgers(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => name.endsWith('-wal'));
}

/** Nothing is wider than the terminal but a path or a link, which cannot be cut. */
function expectFit(text: string, width: number): void {
  for (const line of text.split('\n')) {
    if (stringWidth(line) <= width) continue;
    const words = line.trim().split(/ +/);
    const uncut = words.filter((word) => word.includes('/') && stringWidth(word) > width - 20);
    expect(uncut, `wider than ${width}: ${line.slice(0, 200)}`).not.toEqual([]);
  }
}

/** No control character but the line end, no direction mark, no line separator. */
function expectHarmless(text: string): void {
  const found = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u.exec(text.replaceAll('\n', ''));
  expect(
    found === null
      ? null
      : `${found[0].charCodeAt(0)} at ${found.index}: ${text.slice(found.index - 40, found.index + 40)}`,
  ).toBeNull();
}

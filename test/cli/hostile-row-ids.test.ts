import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DownloadResult, RowContext, updateCsvDownloadStatus } from '../../src/index.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { HEADER } from './fixtures.ts';
import { screen } from './screen.ts';
import { ANSI, FORMULA, HTML, MARKS } from './situations.ts';

/** Row_ids that would do something to whatever shows them, or types them into a shell. */
const ROW_IDS: Readonly<Record<string, string>> = {
  'escape sequences': `1${ANSI}`,
  'line ends': 'one\r\nrow_id,name\ntwo\u0085three\u2028four',
  'commas and quotes': `a,"b",'c'`,
  'a formula': FORMULA,
  'direction marks': `2${MARKS}\u05D0\u05D1\u200F`,
  'a megabyte': `x${'M'.repeat(1_000_000)}`,
  'a command of the shell': '$(touch pwned); `id` | rm -rf / && echo "x" \\',
  'an option': '--json',
  markup: HTML,
};

const home = process.cwd();
let folder: string;
beforeEach(async () => {
  folder = await tempFolder();
  const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
  const rows = Object.values(ROW_IDS).map(
    (id) => `${quoted(id)},Ada,ada@example.org,T,https://youtu.be/dQw4w9WgXcQ,`,
  );
  const csv = join(folder, 'people.csv');
  await writeFile(csv, [HEADER, ...rows].map((row) => `${row}\r\n`).join(''));
  for (const rowId of Object.values(ROW_IDS)) {
    const rowContext = new RowContext({
      rowId,
      rowIndex: 0,
      type: 'T',
      name: 'Ada',
      email: 'ada@example.org',
    });
    const failure = { cause: 'not_shared', message: `row ${rowId.slice(0, 50)} is not shared` };
    await updateCsvDownloadStatus(
      0,
      'youtube',
      new DownloadResult({
        success: false,
        filesDownloaded: [],
        mediaId: null,
        errorMessage: failure.message,
        metadataFile: null,
        rowContext,
        downloadType: 'youtube',
        items: [
          {
            ...{ kind: 'video', position: 0, mediaId: 'dQw4w9WgXcQ', title: `Of ${rowId.slice(0, 50)}` },
            ...{ sourceUrl: '', files: [], metadataFile: null, failure },
          },
        ],
      }),
      csv,
    );
  }
  process.chdir(folder);
});
afterEach(() => process.chdir(home));

describe('why of a row_id with', () => {
  it.for(Object.entries(ROW_IDS))('%s says it without harm', async ([name, rowId]) => {
    const shots: string[] = [];
    for (const width of [80, 40]) {
      const { code, stdout, stderr } = await screen(['why', '--csv-path', 'people.csv', '--', rowId], {
        width,
      });
      expect(code).toBe(0);
      expect(stderr).toBe('');
      expect(/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u.test(stdout.replaceAll('\n', ''))).toBe(false);
      shots.push(`# ${width} columns\n${stdout}`);
    }
    const nobody = await screen(['why', '--csv-path', 'people.csv', '--', `no ${rowId}`], { width: 80 });
    expect(nobody.code).toBe(4);
    shots.push(`# nobody\n${nobody.stdout}`);
    const file = join(import.meta.dirname, 'golden', 'hostile-row-ids', name.replaceAll(' ', '-'));
    await expect(steady(shots.join('\n'))).toMatchFileSnapshot(`${file}.txt`);
    const json = await screen(['why', '--csv-path', 'people.csv', '--json', '--', rowId]);
    // JSON holds it as it is, and escaped.
    expect(JSON.parse(json.stdout)).toMatchObject({ row_id: rowId });
    expect(/[\p{Cc}]/u.test(json.stdout.replaceAll('\n', ''))).toBe(false);
    await expect(steady(json.stdout)).toMatchFileSnapshot(`${file}.json.txt`);
  });
});

/** What differs from run to run. */
function steady(text: string): string {
  return text
    .replaceAll(/M{200,}/g, (letters) => `<M, ${letters.length} times>`)
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>')
    .replaceAll(/\d\d:\d\d(\s+)(failed)/g, '<time>$1$2')
    .replaceAll(/"\/[^"]*\/rowtrail-test-\w+/g, '"<folder>')
    .replaceAll(/\S*\/rowtrail-test-\w+/g, '<folder>');
}

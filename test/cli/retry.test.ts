import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseSince } from '../../src/cli/since.ts';
import { getFailedDownloads, getPendingDownloads } from '../../src/index.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { rowOf } from '../tracker/fixtures.ts';
import { screen } from './screen.ts';
import { SITUATIONS } from './situations.ts';

let home: string;
beforeAll(() => {
  home = process.cwd();
});
afterAll(() => process.chdir(home));

/** A folder with five people: 003 (YouTube and Drive), 004 (Drive) and 005 (YouTube) failed. */
async function failedRows(): Promise<void> {
  const folder = await tempFolder();
  await SITUATIONS['failed-rows'](folder);
  process.chdir(folder);
}

async function retried(...words: string[]) {
  const { code, stdout } = await screen(['retry', 'people.csv', ...words, '--json']);
  const { reset } = JSON.parse(stdout) as { reset: { row_id: string; download_type: string }[] };
  return { code, reset: reset.map(({ row_id, download_type }) => `${row_id} ${download_type}`) };
}

describe('retry resets exactly the failed downloads that are chosen', () => {
  it.for<[string, number, string[]]>([
    ['', 0, ['003 youtube', '003 drive', '004 drive', '005 youtube']],
    ['--category network', 0, ['003 youtube']],
    ['--cause not_shared', 0, ['003 drive', '004 drive']],
    ['--cause not_shared --type youtube', 4, []],
    ['--type drive', 0, ['003 drive', '004 drive']],
    ['003', 0, ['003 youtube', '003 drive']],
    ['003 --type drive', 0, ['003 drive']],
    ['--since 2h', 0, ['003 youtube', '003 drive', '004 drive', '005 youtube']],
    ['--since 2999-01-01', 4, []],
    ['001', 4, []],
    ['004 nobody', 4, ['004 drive']],
  ])('%s', async ([words, code, reset]) => {
    await failedRows();
    expect(await retried(...words.split(' ').filter((word) => word !== ''))).toEqual({ code, reset });
    const left = await getFailedDownloads('people.csv');
    const pending = await getPendingDownloads('people.csv', { includeFailed: false });
    const resetRows = new Set(reset.map((each) => each.slice(0, 3)));
    expect(pending.map(({ rowId }) => rowId)).toEqual(['002', ...[...resetRows].toSorted()].toSorted());
    expect(left.length).toBe(
      new Set(
        ['003 youtube', '003 drive', '004 drive', '005 youtube']
          .filter((each) => !reset.includes(each))
          .map((each) => each.slice(0, 3)),
      ).size,
    );
  });

  it('so that they count as never tried, in the CSV too, and the others stay as they are', async () => {
    await failedRows();
    const before = await rowOf('people.csv', '005');
    await retried('--cause', 'not_shared');
    expect(await rowOf('people.csv', '003')).toMatchObject({
      drive_status: 'pending',
      youtube_status: 'failed',
    });
    expect(await rowOf('people.csv', '004')).toMatchObject({ drive_status: 'pending' });
    expect(await rowOf('people.csv', '005')).toEqual(before);
    const { stdout } = await screen(['failed', 'people.csv', '--json']);
    expect(JSON.parse(stdout)).toMatchObject([
      { row_id: '003', attempts: 1 },
      { row_id: '005', attempts: 1 },
    ]);
  });

  it('and says how many, and the next command', async () => {
    await failedRows();
    const { stdout } = await screen(['retry', 'people.csv', '--category', 'permission']);
    expect(stdout).toBe('2 failed downloads of 2 rows are pending again.\n\nNext: rowtrail run people.csv\n');
  });

  it('and says when none fits, without touching the CSV', async () => {
    await failedRows();
    const { code, stdout } = await screen(['retry', 'people.csv', '--category', 'quota']);
    expect(code).toBe(4);
    expect(stdout).toContain('None of 4 failed downloads fits.');
  });
});

describe('a choice that is mistyped is refused with the one that was meant', () => {
  it.for([
    ['retry people.csv --category netwrok', 'Did you mean network?'],
    ['retry people.csv --cause not-shared', 'Did you mean not_shared?'],
    ['retry people.csv --type yuotube', 'Did you mean youtube?'],
    ['failed people.csv --by remdy', 'Did you mean remedy?'],
    ['csv-tracker --pending dirve', 'Did you mean drive?'],
    ['retry people.csv --cuase not_shared', 'Did you mean --cause?'],
    ['retyr people.csv', 'Did you mean retry?'],
    ['completion bsh', 'Allowed choices are bash, zsh, fish'],
  ])('%s', async ([line = '', hint]) => {
    await failedRows();
    const { code, stdout, stderr } = await screen(line.split(' '));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(hint);
  });
});

describe('--since', () => {
  const now = new Date('2026-11-22T12:00:00Z');

  it('counts back from now, or is a date', () => {
    expect(parseSince('90m', now)).toBe('2026-11-22T10:30:00.000Z');
    expect(parseSince('2h', now)).toBe('2026-11-22T10:00:00.000Z');
    expect(parseSince('3d', now)).toBe('2026-11-19T12:00:00.000Z');
    expect(parseSince('2026-11-20T08:00:00Z', now)).toBe('2026-11-20T08:00:00.000Z');
    expect(parseSince('2026-11-20', now)).toBe(new Date(2026, 10, 20).toISOString());
  });

  it.for(['', 'soon', '2', '2y', '-2h', '2026-13-01', '2026-02-31', 'yesterday', '9999999h'])(
    'refuses %j',
    (text) => {
      expect(() => parseSince(text, now)).toThrow('expected 2h, 3d or a date such as 2026-11-22');
    },
  );
});

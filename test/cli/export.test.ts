import { link, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import papaparse from 'papaparse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FailedDownload, failuresCsv } from '../../src/index.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { hashOf } from './fixtures.ts';
import { screen } from './screen.ts';
import { SITUATIONS } from './situations.ts';

let home: string;
beforeAll(() => {
  home = process.cwd();
});
afterAll(() => process.chdir(home));

async function failedRows(): Promise<void> {
  const folder = await tempFolder();
  await SITUATIONS['failed-rows'](folder);
  process.chdir(folder);
}

const exported = (...words: string[]) => screen(['failed', 'people.csv', '--export', ...words]);

describe('failed --export', () => {
  it('writes who, what and a sentence to send, for Excel', async () => {
    await failedRows();
    const { code, stdout } = await exported('failed.csv');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '4 failed downloads written to failed.csv.\n' });
    const bytes = await readFile('failed.csv');
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const rows = papaparse.parse<Record<string, string>>(bytes.toString('utf8').slice(1), {
      header: true,
      skipEmptyLines: true,
    }).data;
    expect(rows[1]).toEqual({
      row_id: '003',
      name: 'Alan Turing',
      email: 'alan@example.org',
      link: 'https://drive.google.com/file/d/1a2b3c4d5e6f7g/view',
      cause: 'not_shared',
      remedy: 'owner_must_share',
      message: 'Google asks to sign in',
      to_send: expect.stringContaining('please set it to "anyone with the link"') as string,
    });
    expect(rows.map(({ row_id: rowId }) => rowId)).toEqual(['003', '003', '004', '005']);
  });

  it('never replaces the CSV itself, by whatever name, even when it is forced to', async () => {
    await failedRows();
    await symlink('people.csv', 'symbolic.csv');
    await link('people.csv', 'hard.csv');
    const before = await hashOf('people.csv');
    for (const name of ['people.csv', './people.csv', 'symbolic.csv', 'hard.csv'])
      await expect(exported(name, '--force')).rejects.toThrow(`${name} is the CSV itself`);
    expect(await hashOf('people.csv')).toBe(before);
  });

  it('replaces a file that is there only when it is told to, and then whole', async () => {
    await failedRows();
    await writeFile('failed.csv', 'mine');
    await expect(exported('failed.csv')).rejects.toMatchObject({
      code: 'usage',
      message: 'failed.csv is there already; give --force to replace it',
    });
    expect(await readFile('failed.csv', 'utf8')).toBe('mine');
    expect((await exported('failed.csv', '--force')).code).toBe(0);
    expect(await readFile('failed.csv', 'utf8')).toContain('owner_must_share');
    expect((await readdir('.')).filter((name) => name.includes('tmp'))).toEqual([]);
  });

  it('names the file that it cannot write, and leaves nothing', async () => {
    await failedRows();
    await expect(exported('nowhere/failed.csv')).rejects.toThrow(
      'nowhere/failed.csv: this file cannot be written',
    );
    await expect(exported('nowhere/failed.csv', '--force')).rejects.toThrow('nowhere/failed.csv');
  });

  it('does not go with --by, nor --force without it', async () => {
    await failedRows();
    await expect(exported('x.csv', '--by', 'remedy')).rejects.toThrow('give --by or --export, not both');
    await expect(screen(['failed', 'people.csv', '--force'])).rejects.toThrow('--force belongs to --export');
  });
});

describe('the list as a CSV', () => {
  const failure = (text: string): FailedDownload => ({
    ...{ rowId: text, name: text, email: text, link: text, message: text },
    ...{ downloadType: 'drive', line: 2, attempts: 1, cause: 'not_shared', category: 'permission' },
    ...{ permanent: true, nextStep: '', status: 'failed', lastAttempt: null, notBefore: null },
  });

  it('reads back as what was put in, but for the apostrophe that disarms a formula', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({
        unit: fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', '"', ',', ';', ' ', "'", 'a'),
      }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const [, row = []] = papaparse.parse<string[]>(failuresCsv([failure(text)]).slice(1), {
          delimiter: ',',
          newline: '\r\n',
        }).data;
        const well = text.toWellFormed().replaceAll('\0', '\uFFFD');
        const harmless = /^[=+\-@\t\r\n]/.test(well) ? `'${well}` : well;
        expect(row.slice(0, 4)).toEqual([harmless, harmless, harmless, harmless]);
        for (const cell of row) expect(cell).not.toMatch(/^[=+\-@\t\r\n]/);
      }),
    );
  });

  it('holds no cell that a spreadsheet would refuse', () => {
    const [, row = []] = papaparse.parse<string[]>(failuresCsv([failure('x'.repeat(100_000))]).slice(1)).data;
    expect(row[1]?.length).toBeLessThan(32_767);
  });
});

import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { writeNumberedCopy } from '../../src/index.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { HEADER, hashOf } from './fixtures.ts';
import { screen } from './screen.ts';

let home: string;
beforeAll(() => {
  home = process.cwd();
});
afterAll(() => process.chdir(home));

const FOREIGN = 'id,kind,who,Video URL\r\n1,T,Ada,https://youtu.be/dQw4w9WgXcQ\r\n';
const NO_IDS = 'type,name,youtube_playlist\r\nT,Ada,https://youtu.be/dQw4w9WgXcQ\r\nT,Bob,\r\n';

async function folderWith(content: string | Buffer): Promise<void> {
  process.chdir(await tempFolder());
  await writeFile('people.csv', content);
}

const jsonOf = async (...words: string[]): Promise<unknown> =>
  JSON.parse((await screen(['init', 'people.csv', ...words, '--json'])).stdout);

describe('init', () => {
  it('says of a CSV that can be used as it is that it can, and what comes next', async () => {
    await folderWith(`${HEADER}\n1,A,a@x,T,,\n`);
    const { code, stdout } = await screen(['init', 'people.csv']);
    expect(code).toBe(0);
    expect(stdout).toContain('Next: rowtrail plan people.csv');
    expect(await readdir('.')).toEqual(['people.csv']);
  });

  it('proposes columns for other names, and changes nothing', async () => {
    await folderWith(FOREIGN);
    const { code, stdout } = await screen(['init', 'people.csv']);
    expect(code).toBe(4);
    expect(stdout).toContain('columns:\n    row_id: id\n    type: kind\n    youtube: Video URL\n');
    expect(stdout).toContain('rowtrail init people.csv --write');
    expect(await readdir('.')).toEqual(['people.csv']);
  });

  it('writes them into the configuration, whose other keys and comments stay', async () => {
    await folderWith(FOREIGN);
    const own = '# mine\nmax_drive: 3 # not more\ncolumns:\n  name: who # people\n';
    await writeFile('rowtrail.config.yaml', own);
    const { code, stdout } = await screen(['init', 'people.csv', '--write']);
    expect(code).toBe(0);
    expect(stdout).toContain('Written into rowtrail.config.yaml.');
    expect(await readFile('rowtrail.config.yaml', 'utf8')).toBe(
      '# mine\nmax_drive: 3 # not more\ncolumns:\n  name: who # people\n  row_id: id\n  type: kind\n  youtube: Video URL\n',
    );
    expect(JSON.parse((await screen(['status', 'people.csv', '--json'])).stdout)).toMatchObject({
      youtube: { has_content: 1 },
    });
    expect((await screen(['init', 'people.csv'])).code).toBe(0);
    expect((await readdir('.')).toSorted()).toEqual(['people.csv', 'rowtrail.config.yaml']);
  });

  it.for([
    ['# only a note\n', '# only a note\n\ncolumns:\n'],
    ['columns:\ncsv: people.csv # mine\n', 'csv: people.csv # mine\ncolumns:\n'],
    ['columns: {name: who}\n', 'columns: { name: who, row_id: id'],
    ['', 'columns:\n'],
  ])('writes them into %j', async ([own = '', expected]) => {
    await folderWith(FOREIGN);
    await writeFile('rowtrail.config.yaml', own, { mode: 0o600 });
    expect((await screen(['init', 'people.csv', '--write'])).code).toBe(0);
    const text = await readFile('rowtrail.config.yaml', 'utf8');
    expect(text).toContain(expected);
    expect(parse(text)).toMatchObject({ columns: { row_id: 'id', type: 'kind', youtube: 'Video URL' } });
    expect((await stat('rowtrail.config.yaml')).mode & 0o777).toBe(0o600);
  });

  it('makes a configuration where there is none, whatever the names look like', async () => {
    await folderWith('"Row: #1",Type,"you\ttube"\n1,T,\n');
    await screen(['init', 'people.csv', '--write']);
    expect(parse(await readFile('rowtrail.config.yaml', 'utf8'))).toEqual({
      columns: { type: 'Type', youtube: 'you\ttube' },
    });
  });

  it('names what no column stands for', async () => {
    await folderWith('row_id,type,haircut\n1,T,long\n');
    const { code, stdout } = await screen(['init', 'people.csv']);
    expect(code).toBe(4);
    expect(stdout).toContain(
      'No column was found for youtube or drive. Name it in rowtrail.config.yaml, such as columns: {youtube: NAME}.',
    );
    expect(stdout).toContain('haircut');
    expect(await jsonOf()).toMatchObject({ ready: false, lacking: ['link'] });
  });

  it('is ready with what a run needs: a row_id and one link column', async () => {
    await folderWith('row_id,google_drive\n1,\n');
    const { code, stdout } = await screen(['init', 'people.csv']);
    expect(code).toBe(0);
    expect(stdout).toContain('warning people.csv:1:1: no column `type`');
    expect(stdout).toContain('Next: rowtrail plan people.csv');
    expect(await jsonOf()).toMatchObject({ ready: true, lacking: [], proposed: {} });
  });

  it('proposes columns that a CSV may do without, and is ready without them', async () => {
    await folderWith('row_id,Name,E-Mail,kind,youtube_playlist,Drive folder,files\n1,Ada,a@x,T,,,\n');
    expect((await screen(['init', 'people.csv'])).stdout).toContain(
      'columns:\n    name: Name\n    email: E-Mail\n    type: kind\n    drive: Drive folder\n',
    );
    expect(await jsonOf()).toMatchObject({ ready: true });
    await folderWith('row_id,type,youtube_playlist,files\n1,T,,\n');
    expect(await jsonOf()).toMatchObject({ ready: true, proposed: {} });
  });

  it('still asks for a type column under another name, which a run asks for', async () => {
    await folderWith('row_id,Type,youtube_playlist\n1,T,\n');
    expect(await jsonOf()).toMatchObject({ ready: false, proposed: { type: 'Type' } });
    expect((await screen(['init', 'people.csv', '--write'])).code).toBe(0);
  });

  it('shows what else is wrong, with its place', async () => {
    await folderWith(`${HEADER}\n1,A,a@x,T,,\n1,B,b@x,T,,\n`);
    const { code, stdout } = await screen(['init', 'people.csv']);
    expect(code).toBe(4);
    expect(stdout).toContain('people.csv:3:1:');
  });

  it.for<[string, string | Buffer, string]>([
    ['an empty file', '', 'people.csv:1:1: the file is empty'],
    ['UTF-16', Buffer.from('\uFEFFid,kind\r\n', 'utf16le'), 'the file is UTF-16'],
    ['a workbook', Buffer.from('PK\u0003\u0004...'), 'this is a workbook, not a CSV'],
    ['a quote that is not closed', '"id,kind\n1,2\n', 'a quote opens here and is never closed'],
  ])('refuses %s', async ([, content, sentence]) => {
    await folderWith(content);
    await expect(screen(['init', 'people.csv'])).rejects.toThrow(sentence);
    await expect(screen(['init', 'people.csv', '--add-row-ids'])).rejects.toThrow(sentence);
    expect(await readdir('.')).toEqual(['people.csv']);
  });
});

describe('init --add-row-ids', () => {
  it('writes a copy with a row_id column in front and leaves the CSV as it is', async () => {
    await folderWith(NO_IDS);
    const before = await hashOf('people.csv');
    const { code, stdout } = await screen(['init', 'people.csv', '--add-row-ids']);
    expect(code).toBe(0);
    expect(stdout).toContain('2 rows numbered; people.csv is as it was.');
    expect(stdout).toContain('Next: rowtrail plan people.with-ids.csv');
    expect(await readFile('people.with-ids.csv', 'utf8')).toBe(
      'row_id,type,name,youtube_playlist\r\n1,T,Ada,https://youtu.be/dQw4w9WgXcQ\r\n2,T,Bob,\r\n',
    );
    expect(await hashOf('people.csv')).toBe(before);
    expect((await screen(['plan', 'people.with-ids.csv'])).code).toBe(0);
  });

  it('makes a CSV of nothing but links ready', async () => {
    await folderWith('youtube_playlist\nhttps://youtu.be/dQw4w9WgXcQ\n');
    const { code, stdout } = await screen(['init', 'people.csv', '--add-row-ids']);
    expect(code).toBe(0);
    expect(stdout).toContain('Next: rowtrail plan people.with-ids.csv');
  });

  it('is offered where no column says who a row is', async () => {
    await folderWith(NO_IDS);
    const { code, stdout } = await screen(['init', 'people.csv']);
    expect(code).toBe(4);
    expect(stdout).toContain('rowtrail init people.csv --add-row-ids');
  });

  it('overwrites nothing, and refuses a CSV that has row_ids', async () => {
    await folderWith(NO_IDS);
    await writeFile('people.with-ids.csv', 'mine');
    await expect(screen(['init', 'people.csv', '--add-row-ids'])).rejects.toThrow(
      'people.with-ids.csv: this file exists already and is not overwritten; move it away first, or use it as it is',
    );
    expect(await readFile('people.with-ids.csv', 'utf8')).toBe('mine');
    await folderWith(`${HEADER}\n1,A,a@x,T,,\n`);
    await expect(screen(['init', 'people.csv', '--add-row-ids'])).rejects.toThrow(
      'there is a column `row_id` already',
    );
  });

  it('keeps every other byte: quotes, blank lines, comments, repeated headers, line ends, odd encodings', async () => {
    const rows = [
      '\uFEFF\r\n',
      'type;"na""me";youtube\r\n',
      'T;"a\r\nb; c";x\r\n',
      '\r\n',
      ';;\r\n',
      '# a note; of mine\r\n',
      'type;"na""me";youtube\r\n',
      'T;\u00E4;\n',
      'T;"last";no end',
    ].join('');
    await folderWith(rows);
    expect(await writeNumberedCopy('people.csv', 'copy.csv')).toEqual({ rows: 3 });
    expect(await readFile('copy.csv', 'utf8')).toBe(
      [
        '\uFEFF\r\n',
        'row_id;type;"na""me";youtube\r\n',
        '1;T;"a\r\nb; c";x\r\n',
        '\r\n',
        ';;\r\n',
        '# a note; of mine\r\n',
        'row_id;type;"na""me";youtube\r\n',
        '2;T;\u00E4;\n',
        '3;T;"last";no end',
      ].join(''),
    );
  });

  it('is undone by taking away the first cell of each row, whatever the cells hold', async () => {
    process.chdir(await tempFolder());
    const cell = fc.string({ unit: fc.constantFrom('a', 'ü', '"', ',', '\n', '\r\n', ' ', ';', '=') });
    const rows = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 30 });
    let at = 0;
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom('\n', '\r\n'), async (cells, end) => {
        const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const lines = cells.map((row) => row.map(quoted).join(','));
        const [source, copy] = [`${++at}.csv`, `${at}.copy.csv`];
        const header = `type,youtube${end}`;
        await writeFile(source, header + lines.map((line) => line + end).join(''));
        expect(await writeNumberedCopy(source, copy)).toEqual({ rows: lines.length });
        const expected = lines.map((line, row) => `${row + 1},${line}${end}`).join('');
        expect(await readFile(copy, 'utf8')).toBe(`row_id,${header}${expected}`);
      }),
      { numRuns: 50 },
    );
  });

  it('takes files that are larger than what is read at a time', async () => {
    const row = (at: number) => `T,${'x'.repeat(at % 97)},https://youtu.be/dQw4w9WgXcQ\r\n`;
    const rows = Array.from({ length: 20_000 }, (_, at) => row(at));
    await folderWith(`type,name,youtube_playlist\r\n${rows.join('')}`);
    expect(await writeNumberedCopy('people.csv', 'copy.csv')).toEqual({ rows: 20_000 });
    expect(await readFile('copy.csv', 'utf8')).toBe(
      `row_id,type,name,youtube_playlist\r\n${rows.map((text, at) => `${at + 1},${text}`).join('')}`,
    );
  });
});

import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { CsvChangedError, CsvSnapshot, DEFAULT_COLUMNS } from '../../src/csv/index.ts';
import { RowtrailError } from '../../src/errors/index.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder();
const HEADER = 'row_id,name,email,type,youtube_playlist,google_drive';
const TRACKING =
  'youtube_status,youtube_files,youtube_media_id,drive_status,drive_files,drive_media_id,last_download_attempt,download_errors';

async function refusal(path: string): Promise<RowtrailError> {
  const error: unknown = await CsvSnapshot.open(path).then(
    (snapshot) => snapshot.close(),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RowtrailError);
  return error as RowtrailError;
}

async function refusalOf(content: string | Buffer): Promise<RowtrailError> {
  const path = await folder.file(content);
  const error = await refusal(path);
  expect(error.file).toBe(path);
  expect(await readFile(path)).toEqual(Buffer.from(content));
  return error;
}

it('refuses a file that is not there', async () => {
  const path = join(folder.path, 'missing.csv');
  expect(await refusal(path)).toMatchObject({
    code: 'file_missing',
    file: path,
    message: `${path}: there is no such CSV (ENOENT)`,
  });
});

it('refuses a folder', async () => {
  const path = join(folder.path, 'folder.csv');
  await mkdir(path);
  expect(await refusal(path)).toMatchObject({ code: 'csv_invalid', file: path });
});

it('refuses a named pipe instead of waiting for somebody to write into it', async () => {
  const path = join(folder.path, 'pipe.csv');
  await promisify(execFile)('mkfifo', [path]);
  expect(await refusal(path)).toMatchObject({ code: 'csv_invalid', file: path });
});

it.each([
  ['of no bytes', ''],
  ['of a byte order mark only', '\uFEFF'],
  ['of blank lines only', '\n \r\n\t\r\n'],
])('refuses an empty file, %s', async (_, content) => {
  expect(await refusalOf(content)).toMatchObject({ code: 'csv_invalid', line: 1, column: 1 });
});

it.each([
  ['little-endian with its mark', Buffer.from(`\uFEFF${HEADER}\n`, 'utf16le')],
  ['big-endian with its mark', Buffer.from(`\uFEFF${HEADER}\n`, 'utf16le').swap16()],
  ['without a mark', Buffer.from(`${HEADER}\n1,a,b,c,d,e\n`, 'utf16le')],
])('refuses UTF-16 (%s) and says how to save the file', async (_, content) => {
  const error = await refusalOf(content);
  expect(error).toMatchObject({ code: 'csv_invalid', line: 1, column: 1 });
  expect(error.message).toContain('CSV UTF-8');
});

it('refuses a workbook', async () => {
  const error = await refusalOf(Buffer.from('504b0304140006000800', 'hex'));
  expect(error.message).toContain('workbook');
});

it('refuses a NUL byte and says where it stands', async () => {
  const error = await refusalOf(`${HEADER}\n1,a,b,c,d,e\n2,"a\nb",b\0c,c,d,e\n`);
  expect(error).toMatchObject({ code: 'csv_invalid', line: 4, column: 3 });
});

it('refuses a quote that is never closed and says where it opens', async () => {
  const error = await refusalOf(`${HEADER}\n1,a,b,c,d,e\n2,"x\ny",b,"c,d,e\n3,a,b,c,d,e\n`);
  expect(error).toMatchObject({ code: 'csv_invalid', line: 4, column: 4 });
});

it('refuses a quote that is never closed in the header', async () => {
  expect(await refusalOf('row_id,type,"youtube_playlist\n1,a,b\n')).toMatchObject({
    code: 'csv_invalid',
    line: 1,
    column: 3,
  });
});

it('refuses duplicate row_ids and names both lines', async () => {
  const error = await refusalOf(`${HEADER}\n7,a,b,c,d,e\n\n8,a,b,c,d,e\n" 7 ",a,b,c,d,e\n`);
  expect(error).toMatchObject({ code: 'csv_invalid', line: 5, column: 1, rowId: '7' });
  expect(error.message).toContain('line 2');
  expect(error.message).toContain('line 5');
});

it('takes row_ids that differ in zeros, case or inner spaces for different ones', async () => {
  const path = await folder.file(
    `${HEADER}\n7,,,c,,\n07,,,c,,\n007,,,c,,\nNA,,,c,,\nna,,,c,,\na b,,,c,,\na  b,,,c,,\n`,
  );
  await using snapshot = await CsvSnapshot.open(path);
  expect(snapshot.index.rowCount).toBe(7);
  expect(snapshot.index.findRow('007')).toBe(2);
  expect(snapshot.index.findRow(' NA ')).toBe(3);
  expect(snapshot.index.findRow('0007')).toBe(-1);
  expect(snapshot.index.findRow('')).toBe(-1);
});

it('recognises one row_id in two encodings', async () => {
  const bytes = Buffer.from(`${HEADER}\né,,,c,,\n\u00E9,,,c,,\n`.replace('é', '\u00C3\u00A9'), 'latin1');
  expect(await refusalOf(bytes)).toMatchObject({ code: 'csv_invalid', line: 3, rowId: 'é' });
});

it.each([
  ['id,type,youtube_playlist', '`id` for row_id', 'columns: {row_id: id}'],
  ['Name,Row ID,type,youtube_playlist', '`Row ID` for row_id', 'columns: {row_id: "Row ID"}'],
  [
    'Nr.,personality_type,video_url',
    '`video_url` for youtube',
    'columns: {row_id: "Nr.", type: personality_type, youtube: video_url}',
  ],
  ['row_id,type,Drive Link', '`Drive Link` for drive', 'columns: {drive: "Drive Link"}'],
])('proposes a mapping for the header %s', async (header, question, mapping) => {
  const error = await refusalOf(`${header}\n1,a,b\n`);
  expect(error).toMatchObject({ code: 'csv_invalid', line: 1, column: 1 });
  expect(error.message).toContain(`did you mean`);
  expect(error.message).toContain(question);
  expect(error.message).toContain(`Put \`${mapping}\` into rowtrail.config.yaml`);
});

it('lists the header when no column looks like the missing one, without its control characters', async () => {
  const error = await refusalOf('alpha,\u001b[2Jbeta,type,youtube_playlist\n1,2,3,4\n');
  expect(error.message).toContain('`alpha`, `\uFFFD[2Jbeta`');
  expect(error.message).toContain('columns: {row_id: NAME}');
});

it('uses the mapping it proposed', async () => {
  const path = await folder.file('id,type,video_url\n1,INTJ,https://youtu.be/aaaaaaaaaaa\n');
  await using snapshot = await CsvSnapshot.open(path, {
    columns: { ...DEFAULT_COLUMNS, rowId: 'id', youtube: 'video_url' },
  });
  expect(await snapshot.readRow(0)).toMatchObject({
    context: { rowId: '1' },
    links: { youtube: 'https://youtu.be/aaaaaaaaaaa' },
  });
});

it('is content with one of the two link columns, and without name and email', async () => {
  const path = await folder.file('row_id;type;google_drive\n1;INTJ;x\n');
  await using snapshot = await CsvSnapshot.open(path);
  expect(await snapshot.readRow(0)).toMatchObject({
    context: { name: '', email: '' },
    links: { youtube: '', drive: 'x' },
  });
});

it('does not add columns behind a row that is longer than its header, and says where it is', async () => {
  const content = `${HEADER}\n1,a,b,c,d,e\n2,a,b,c,d,e,f\n`;
  const path = await folder.file(content);
  await using snapshot = await CsvSnapshot.open(path);
  const rewritten = snapshot.rewrite({ edits: new Map(), addTrackingColumns: true });
  await expect(rewritten).rejects.toMatchObject({ code: 'csv_invalid', file: path, line: 3, column: 7 });
  expect(await readFile(path, 'utf8')).toBe(content);
});

it('skips a row that is longer than its header where the columns exist, and writes the others', async () => {
  const path = await folder.file(`${HEADER},${TRACKING}\n1,a,b,c,d,e,,,,,,,,,extra\n2,a,b,c,d,e,,,,,,,,\n`);
  await using snapshot = await CsvSnapshot.open(path);
  const cells = { youtube_status: 'failed' };
  const index = await snapshot.rewrite({
    edits: new Map([
      [0, cells],
      [1, cells],
    ]),
    addTrackingColumns: true,
  });
  expect(index.isTooLong(0)).toBe(true);
  expect(await readFile(path, 'utf8')).toBe(
    `${HEADER},${TRACKING}\n1,a,b,c,d,e,,,,,,,,,extra\n2,a,b,c,d,e,failed,,,,,,,\n`,
  );
});

it('refuses to write to a column that is not there instead of losing the text', async () => {
  const path = await folder.file(`${HEADER}\n1,a,b,c,d,e\n`);
  await using snapshot = await CsvSnapshot.open(path);
  const edits = new Map([[0, { drive_status: 'failed' }]]);
  await expect(snapshot.rewrite({ edits, addTrackingColumns: false })).rejects.toMatchObject({
    code: 'csv_invalid',
    line: 1,
  });
});

it('notices a file that is changed while it is read', async () => {
  const content = `${HEADER}\n${Array.from({ length: 300 }, (_, row) => `${row},a,b,c,d,e`).join('\n')}\n`;
  const path = await folder.file(content);
  const noticed = CsvSnapshot.open(path, { chunkBytes: 1 }).catch((error: unknown) => error);
  await new Promise((resolve) => setTimeout(resolve, 15));
  await folder.file(content.replaceAll('c', 'x'), path.slice(folder.path.length + 1));
  expect(await noticed).toBeInstanceOf(CsvChangedError);
  expect(await readdir(folder.path)).not.toContain('.tmp');
});

it('keeps text behind a closing quote in its cell and the rows below in their lines', async () => {
  const path = await folder.file('row_id,type,youtube_playlist\n1,"IN"TJ,x\n2,"EN" ,"y""z" w\n3,E"N"F,z\n');
  await using snapshot = await CsvSnapshot.open(path);
  const rows = await Array.fromAsync(snapshot.readRows(() => true));
  expect(rows.map((row) => [row.context.type, row.links.youtube])).toEqual([
    ['INTJ', 'x'],
    ['EN ', 'y"z w'],
    ['E"N"F', 'z'],
  ]);
});

import { execFile } from 'node:child_process';
import { appendFile, chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvSnapshot, DEFAULT_COLUMNS } from '../../../src/csv/index.ts';
import { validateCsvIntegrity } from '../../../src/csv/integrity/index.ts';
import { TRACKING_COLUMNS } from '../../../src/row/index.ts';
import { tempFolder } from '../support/temp-folder.ts';

const folder = tempFolder();
const HEADER = 'row_id,name,email,type,youtube_playlist,google_drive';
const ROW = '1,Ann,ann@example.org,FF-Fi,https://youtu.be/a,-';

async function problemsOf(content: string | Buffer, options = {}) {
  const path = await folder.file(content);
  const problems = await validateCsvIntegrity(path, options);
  for (const problem of problems) expect(problem.filePath).toBe(path);
  expect(Buffer.from(content).equals(await readFile(path))).toBe(true);
  return problems;
}

/** Severity, line:column and the words behind them, without the path. */
async function linesOf(content: string | Buffer, options = {}) {
  const problems = await problemsOf(content, options);
  return problems.map(({ severity, line, column, message, filePath }) => {
    const words = message
      .replace(`${filePath}:`, '')
      .replace(/^\d+:\d+: /, '')
      .trim();
    return `${severity} ${line}:${column} ${words}`;
  });
}

describe('file existence and readability', () => {
  it('a missing file', async () => {
    const path = join(folder.path, 'missing.csv');
    expect(await validateCsvIntegrity(path)).toMatchObject([
      {
        cause: 'file_missing',
        category: 'file_io',
        severity: 'error',
        filePath: path,
        message: `${path}: there is no such CSV (ENOENT)`,
        stackTrace: null,
      },
    ]);
    expect(await validateCsvIntegrity(join(path, 'below'))).toMatchObject([{ cause: 'file_missing' }]);
  });

  it('a symbolic link that leads nowhere', async () => {
    const path = join(folder.path, 'dangling.csv');
    await symlink(join(folder.path, 'nowhere.csv'), path);
    expect(await validateCsvIntegrity(path)).toMatchObject([{ cause: 'file_missing' }]);
  });

  it('a folder', async () => {
    const path = join(folder.path, 'folder.csv');
    await mkdir(path);
    expect(await validateCsvIntegrity(path)).toMatchObject([
      { cause: 'csv_invalid', message: `${path}: this is a folder, not a CSV` },
    ]);
  });

  it('a named pipe, without waiting for somebody to write into it', async () => {
    const path = join(folder.path, 'pipe.csv');
    await promisify(execFile)('mkfifo', [path]);
    expect(await validateCsvIntegrity(path)).toMatchObject([{ cause: 'csv_invalid' }]);
  });

  it('a file that may not be read', async (ctx) => {
    const user = { uid: 65_534, gid: 65_534 };
    if (process.getuid?.() !== 0) ctx.skip('only root can become somebody who may not read it');
    const path = await folder.file(`${HEADER}\n${ROW}\n`);
    await chmod(path, 0o600);
    await chmod(folder.path, 0o755);
    // A child that gave up root reads it, with the same code.
    const script = `
      import { validateCsvIntegrity } from ${JSON.stringify(join(import.meta.dirname, '../../../src/csv/integrity/index.ts'))};
      process.setgid(${user.gid}); process.setgroups([]); process.setuid(${user.uid});
      console.log(JSON.stringify(await validateCsvIntegrity(${JSON.stringify(path)})));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    expect(JSON.parse(stdout)).toMatchObject([{ cause: 'access_denied', severity: 'critical' }]);
  });

  it('an empty file', async () => {
    const empty = ['error 1:1 the file is empty: there is no header line'];
    expect(await linesOf('')).toEqual(empty);
    expect(await linesOf('\r\n  \n')).toEqual(empty);
    expect(await linesOf('\uFEFF')).toEqual(empty);
  });

  it('UTF-16 and a workbook, in words that help', async () => {
    const utf16 = ['error 1:1 the file is UTF-16: save it as "CSV UTF-8"'];
    expect(await linesOf(Buffer.from(`\uFEFF${HEADER}\n`, 'utf16le'))).toEqual(utf16);
    expect(await linesOf(Buffer.from(`${HEADER}\n${ROW}\n`, 'utf16le'))).toEqual(utf16);
    expect(await linesOf(Buffer.from('504b030414000600', 'hex'))).toEqual([
      'error 1:1 this is a workbook, not a CSV: save it as "CSV UTF-8"',
    ]);
  });

  it('a NUL byte, with its cell, also in a cell of several lines; the rows below are still checked', async () => {
    const nul = 'a NUL byte stands here: the file is damaged, or it is not a text file';
    const text = `${HEADER}\n1,A\0nn,,t,,\n2,B,"x\ny\0z\0",t,,\n,C,,t,,\n`;
    expect(await linesOf(text)).toEqual([
      `error 2:2 ${nul}`,
      `error 4:3 ${nul}`,
      'error 5:1 the cell of `row_id` is empty: nothing is downloaded for this row',
    ]);
    const rows = Array.from({ length: 200 }, (_, at) => `${at},,,t,,\n`).join('');
    const [first] = await linesOf(
      Buffer.concat([Buffer.from(`${HEADER}\n${rows}`), Buffer.alloc(1_000_000)]),
    );
    expect(first).toBe(`error 202:1 ${nul}`);
  });
});

describe('required columns present', () => {
  it('a missing row_id, type or link column, and the rows are still checked for the others', async () => {
    expect(await linesOf('name,type,youtube_playlist\nA,,x\n')).toEqual([
      expect.stringMatching(/^error 1:1 no column `row_id`; the header has `name`, `type`/),
      'error 2:2 the cell of `type` is empty',
    ]);
    expect(await linesOf('row_id;type\n1;t\n1;t\n')).toEqual([
      expect.stringMatching(/^error 1:1 no link column \(`youtube_playlist` or `google_drive`\)/),
      'error 3:1 the row_id "1" stands in line 2 and again in line 3; each row needs one of its own',
    ]);
    expect(await linesOf('\n\r\nrow_id\tgoogle_drive\r\n\t\r\n7\t\r\n7\t\r\n')).toEqual([
      expect.stringMatching(/^warning 3:1 no column `type`/),
      'error 6:1 the row_id "7" stands in line 5 and again in line 6; each row needs one of its own',
    ]);
  });

  it('and a line feed in a cell ends no line where a carriage return does', async () => {
    expect(await linesOf('row_id,type\r7,"a\nb"\r7,t\r')).toEqual([
      expect.stringMatching(/^error 1:1 no link column/),
      'error 3:1 the row_id "7" stands in line 2 and again in line 3; each row needs one of its own',
    ]);
  });

  it('one link column is enough', async () => {
    expect(await problemsOf('row_id,type,google_drive\n1,t,x\n')).toEqual([]);
  });

  it('a file that is something else', async () => {
    expect(await linesOf('hello\nworld\n')).toEqual([expect.stringMatching(/^error 1:1 no column `row_id`/)]);
  });

  it('other names, where the configuration maps them', async () => {
    const columns = { ...DEFAULT_COLUMNS, rowId: 'id', youtube: 'video_url' };
    expect(await problemsOf('id,type,video_url\n1,t,x\n', { columns })).toEqual([]);
    expect(await linesOf('id,type,video_url\n,t,x\n', { columns })).toEqual([
      'error 2:1 the cell of `id` is empty: nothing is downloaded for this row',
    ]);
  });

  it('a column of ours that is there twice; others may be', async () => {
    expect(await linesOf('row_id,type,x,google_drive,x,type, row_id\n1,t,,,,,\n')).toEqual([
      'error 1:6 the column `type` is there twice, as column 2 and as column 6; only the first is used',
      'error 1:7 the column `row_id` is there twice, as column 1 and as column 7; only the first is used',
    ]);
    expect(await linesOf(`${HEADER},drive_status,drive_status\n${ROW},,\n`)).toHaveLength(1);
  });
});

describe('no duplicate row ids', () => {
  it('names each with both lines, and the row', async () => {
    const text = `${HEADER}\n7,,,t,,\n8,,,t,,\n 7 ,,,t,,\n"7",,,t,,\n007,,,t,,\n`;
    expect(await linesOf(text)).toEqual([
      'error 4:1 the row_id "7" stands in line 2 and again in line 4; each row needs one of its own',
      'error 5:1 the row_id "7" stands in line 2 and again in line 5; each row needs one of its own',
    ]);
    expect((await problemsOf(text)).map(({ rowId }) => rowId)).toEqual(['7', '7']);
  });

  it('counts lines as an editor does, over cells of several lines', async () => {
    expect(await linesOf(`${HEADER}\r\n7,"a\r\nb\r\nc",,t,,\r\n7,,,t,,\r\n`)).toEqual([
      'error 5:1 the row_id "7" stands in line 2 and again in line 5; each row needs one of its own',
    ]);
    expect(await linesOf('row_id,type,google_drive\r7,"a\rb",\r7,t,\r')).toEqual([
      'error 4:1 the row_id "7" stands in line 2 and again in line 4; each row needs one of its own',
    ]);
  });
});

describe('no empty critical fields', () => {
  it('row_id and type', async () => {
    const text = `${HEADER}\n,Ann,,t,x,\n2,Bob,,,x,\n3,Cid,,"  ",x,\n"",Dot,, ,x,\n`;
    expect(await linesOf(text)).toEqual([
      'error 2:1 the cell of `row_id` is empty: nothing is downloaded for this row',
      'error 3:4 the cell of `type` is empty',
      'error 4:4 the cell of `type` is empty',
      'error 5:1 the cell of `row_id` is empty: nothing is downloaded for this row',
      'error 5:4 the cell of `type` is empty',
    ]);
  });

  it('but not in blank lines, comments and repeated headers', async () => {
    expect(await problemsOf(`${HEADER}\n\n  \n,,,,,\n# a comment, with, cells\n${HEADER}\n${ROW}\n`)).toEqual(
      [],
    );
  });

  it('a type that begins with a white space beyond ASCII is looked at whole', async () => {
    expect(await linesOf(`${HEADER}\n1,,,\u00A0,,\n2,,,\u00A0t,,\n3,,,é,,\n`)).toEqual([
      'error 2:4 the cell of `type` is empty',
    ]);
  });
});

describe('rows and cells', () => {
  it('a row longer than the header', async () => {
    expect(await linesOf(`${HEADER}\n${ROW},extra,more\n`)).toEqual([
      'error 2:7 the row has 8 cells, the header has 6: is a quote missing?',
    ]);
  });

  it('a row shorter than the header is information only', async () => {
    expect(await linesOf(`${HEADER}\n1,Ann,,t\n2\n`)).toEqual([
      'info 2:5 the row has 4 cells, the header has 6',
      'info 3:2 the row has 1 cell, the header has 6',
      'error 3:4 the cell of `type` is empty',
    ]);
  });

  it('a status that is none is a warning, and what stands there is not repeated', async () => {
    const header = `${HEADER},${TRACKING_COLUMNS.join(',')}`;
    const text = `${header}\n${ROW},done,,,COMPLETED ,,,,\n${ROW.replace('1', '2')},,,,"Ann Other",,,,\n`;
    expect(await linesOf(text)).toEqual([
      'warning 2:7 the cell of `youtube_status` holds no status; it counts as pending',
      'warning 3:10 the cell of `drive_status` holds no status; it counts as pending',
    ]);
  });

  it('a quote that is never closed, where it opens', async () => {
    expect(await linesOf(`${HEADER}\n${ROW}\n2,"a\nb",,t,"x,\n3,,,t,,\n`)).toEqual([
      'error 4:5 a quote opens here and is never closed',
    ]);
    expect(await linesOf(`${HEADER},"x\n${ROW}\n`)).toEqual([
      'error 1:7 a quote opens here and is never closed',
    ]);
  });

  it('a row that does not end is given up', async () => {
    const endless = Buffer.concat([Buffer.from(`${HEADER}\n`), Buffer.alloc(70_000_000, 'x')]);
    expect(await linesOf(endless)).toEqual(['error 2:1 the row does not end; is this a CSV?']);
  });
});

describe('many problems', () => {
  it('at most 1,000 are listed, the gravest, and one more entry says how many are not', async () => {
    const short = Array.from({ length: 3000 }, (_, at) => `s${at},,,t`);
    const empty = Array.from({ length: 700 }, (_, at) => `e${at},,,,,`);
    const problems = await problemsOf([HEADER, ...short, ...empty, ''].join('\n'));
    expect(problems).toHaveLength(1001);
    expect(problems.filter(({ severity }) => severity === 'error')).toHaveLength(700);
    expect(problems.map(({ line }) => line ?? Infinity)).toEqual(
      problems.map(({ line }) => line ?? Infinity).toSorted((one, other) => one - other),
    );
    expect(problems.at(-1)).toMatchObject({ severity: 'info', line: null, cause: 'csv_invalid' });
    expect(problems.at(-1)?.message).toMatch(/: and 2700 more problems \(info 2700\)$/);
  });

  it('exactly 1,000 need no such entry, and one more is counted', async () => {
    const rows = (count: number) => [HEADER, ...Array.from({ length: count }, (_, at) => `${at},,,,,`), ''];
    expect(await problemsOf(rows(1000).join('\n'))).toHaveLength(1000);
    const problems = await problemsOf([...rows(1001), 'x,,,t'].join('\n'));
    expect(problems.at(-1)).toMatchObject({ severity: 'error' });
    expect(problems.at(-1)?.message).toMatch(/: and 2 more problems \(error 1, info 1\)$/);
  });
});

it('a sound CSV has no problems, and nothing is created beside it', async () => {
  const own = join(folder.path, 'alone');
  await mkdir(own);
  const path = join(own, 'people.csv');
  await writeFile(path, `\uFEFF${HEADER}\r\n${ROW}\r\n2,"B ""b""\r\nb",,"x,y",,\r\n`);
  const before = await stat(path);
  expect(await validateCsvIntegrity(path)).toEqual([]);
  expect(await readdir(own)).toEqual(['people.csv']);
  expect((await stat(path)).mtimeMs).toBe(before.mtimeMs);
});

it('a context of an integrity problem says everything that the API reference wants', async () => {
  const path = await folder.file(`${HEADER}\n1,Ann,ann@example.org,,,\n`);
  const clock = () => new Date('2026-11-23T16:00:00Z');
  expect(await validateCsvIntegrity(path, { clock, newId: () => 'id-1' })).toEqual([
    {
      errorId: 'id-1',
      severity: 'error',
      category: 'validation',
      cause: 'csv_invalid',
      verdict: 'never',
      nextStep: 'Correct the CSV where the message says, then run again.',
      message: `${path}:2:4: the cell of \`type\` is empty`,
      details: null,
      rowId: '1',
      downloadType: null,
      url: null,
      filePath: path,
      line: 2,
      column: 4,
      timestamp: '2026-11-23T16:00:00.000Z',
      stackTrace: null,
    },
  ]);
});

it('a CSV that is saved while it is read is said to have changed', async () => {
  const path = await folder.file(
    [HEADER, ...Array.from({ length: 50_000 }, (_, at) => `${at},,,t,,`), ''].join('\n'),
  );
  let done = false;
  const checking = validateCsvIntegrity(path, { chunkBytes: 1024 }).finally(() => {
    done = true;
  });
  while (!done) {
    await appendFile(path, '\n');
    await setImmediate();
  }
  expect((await checking).map(({ cause }) => cause)).toEqual(['csv_changed']);
});

/** Texts that look like a CSV, sound or not. */
const cell = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('1', '2', 'x', '', ' ', 't', '#', 'row_id', 'done', 'failed') },
  { weight: 1, arbitrary: fc.constantFrom('"', '"a,b"', '"a\nb"', '""', '"a""b"', '\0', 'é', '\r', ';') },
);
const csv = fc
  .record({
    header: fc.constantFrom(
      ...[
        'row_id,type,google_drive',
        'row_id;type;youtube_playlist;name',
        'row_id,type',
        '"row_id",type,drive_status',
      ],
      ...['row_id\ttype\tgoogle_drive\tdrive_status\tyoutube_status', '', 'google_drive,type,row_id,row_id'],
    ),
    rows: fc.array(fc.array(cell, { maxLength: 5 }), { maxLength: 8 }),
    lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
    bom: fc.constantFrom('', '\uFEFF'),
  })
  .map(({ header, rows, lineEnd, bom }) => {
    const delimiter = header.includes(';') ? ';' : header.includes('\t') ? '\t' : ',';
    return bom + [header, ...rows.map((cells) => cells.join(delimiter))].join(lineEnd);
  });

it('finds an error in whatever CSV every other function refuses, the same one among them, however it is read', async () => {
  const path = await folder.file('', 'property.csv');
  await fc.assert(
    fc.asyncProperty(csv, fc.integer({ min: 1, max: 40 }), async (text, chunkBytes) => {
      await writeFile(path, text);
      const refusal: unknown = await CsvSnapshot.open(path).then(
        (snapshot) => snapshot.close(),
        (error: unknown) => error,
      );
      const errors = (await validateCsvIntegrity(path, { chunkBytes })).filter(
        ({ severity }) => severity === 'error',
      );
      if (!(refusal instanceof Error)) return;
      // Behind a lone CR the other reader does not know yet whether the line ended, and may name the line before.
      const vague = text.includes('\r\0') && refusal.message.includes('NUL');
      const words = (message: string) => (vague ? message.replace(/:\d+:\d+: /, ': ') : message);
      expect(errors.map(({ message }) => words(message))).toContain(words(refusal.message));
    }),
    { numRuns: 500 },
  );
});

import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { runCli, startCli } from '../support/cli.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { json } from './fixtures.ts';

/** More than a page, and more than a pipe holds. */
const ROWS = 20_000;
let cwd: string;

/** The later a row, the longer its name, by leaps: a column grows in the middle. */
const nameOf = (row: number) => `Ada ${'x'.repeat(Math.floor(row / 5000))}`;

beforeEach(async () => {
  cwd = await tempFolder();
  const lines = Array.from(
    { length: ROWS },
    (_, row) => `${row},${nameOf(row)},a${row}@example.org,T,https://youtu.be/aaaaaaaaaaa,`,
  );
  await writeFile(
    join(cwd, 'people.csv'),
    `row_id,name,email,type,youtube_playlist,google_drive\n${lines.join('\n')}\n`,
  );
});

it('as JSON, alone and among other answers, is the array that it would be whole', async () => {
  const alone = await runCli(['pending', 'people.csv', '--json'], { cwd });
  const rows = JSON.parse(alone.stdout) as unknown[];
  expect(rows).toHaveLength(ROWS);
  expect(rows[7000]).toEqual({
    row_id: '7000',
    row_index: 7000,
    type: 'T',
    name: nameOf(7000),
    email: 'a7000@example.org',
  });
  expect(alone.stdout).toBe(`${JSON.stringify(rows, null, 2)}\n`);
  const among = await runCli(['csv-tracker', '--status', '--pending', '--json', '--csv-path', 'people.csv'], {
    cwd,
  });
  expect(json(among)).toMatchObject({ status: { total_rows: ROWS }, pending: rows });
  expect(among.stdout).toBe(`${JSON.stringify(json(among), null, 2)}\n`);
});

it('as a table has a line for each row and its titles once', async () => {
  const { stdout, code } = await runCli(['pending', 'people.csv'], { cwd });
  expect(code).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(ROWS + 1);
  expect(lines[0]).toMatch(/^row_id +name +email +type$/);
  expect(lines.slice(1).map((line) => line.split(/ {2,}/)[0])).toEqual(
    Array.from({ length: ROWS }, (_, row) => String(row)),
  );
  expect(lines.at(-1)).toBe(`${ROWS - 1}   ${nameOf(ROWS - 1)}  a${ROWS - 1}@example.org  T`);
});

it.each([['--json'], []])('ends when its reader leaves after the first lines, with %j', async (...flags) => {
  const args = ['pending', 'people.csv', ...flags];
  const { child, result } = startCli(args, { cwd });
  if (child.stdout === null) throw new Error('no pipe');
  await once(child.stdout, 'data');
  child.stdout.destroy();
  expect(await result).toMatchObject({ code: 0, stderr: '' });
});

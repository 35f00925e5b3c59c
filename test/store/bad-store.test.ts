import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { HEADER } from '../cli/fixtures.ts';
import { startTestInternet } from '../support/internet.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { administer, examplesDesk, newDatabase } from './fixtures.ts';

let postgres: TestPostgres;
let internet: Internet;
beforeAll(async () => {
  [postgres, internet] = await Promise.all([startPostgres(), startTestInternet()]);
});
afterAll(() => internet.close());

const COMMANDS = [
  ['run', 'people.csv'],
  ['status', 'people.csv'],
  ['worker', '--until-empty'],
] as const;

async function oneRow(name: string) {
  const file = internet.drive.addFile({ id: `bad-store-file-${name}`, name: 'a.txt', body: 'a' });
  return examplesDesk(internet, [
    HEADER,
    `1,A,a@x.example,T,,https://drive.google.com/file/d/${file.id}/view`,
  ]);
}

it('an older release leaves a store of a newer one alone, and says so in a sentence', async () => {
  const store = await newDatabase(postgres, 'newer');
  const desk = await oneRow('newer');
  expect((await desk.rowtrail(store, 'run', 'people.csv', '--quiet')).code).toBe(0);
  await administer(store, 'INSERT INTO rowtrail.schema_step (number) VALUES (999)');
  const before = await readFile(desk.csv, 'utf8');
  for (const args of COMMANDS) {
    const told = await desk.rowtrail(store, ...args);
    expect([args[0], told.code]).toEqual([args[0], 1]);
    expect(told.stderr).toMatch(/has format 999, this rowtrail knows formats up to \d+/);
  }
  expect(await readFile(desk.csv, 'utf8')).toBe(before);
  expect(await administer(store, 'SELECT status FROM rowtrail.download')).toEqual([{ status: 'completed' }]);
});

it.each([
  [
    'is not there',
    1,
    () => 'postgres://me:hush-hush@127.0.0.1:1/people',
    /127\.0\.0\.1:1\/people cannot be used: .*ECONNREFUSED/,
  ],
  [
    'has no such database',
    1,
    (url: string) => url.replace(/postgres$/, 'nobody'),
    /there is no such database/,
  ],
  [
    'is no store',
    2,
    () => 'mysql://me:hush-hush@127.0.0.1/people',
    /a store is the address of a PostgreSQL database/,
  ],
])('a store that %s is named with the reason, and nothing is touched', async (_, code, urlOf, words) => {
  const desk = await oneRow('wrong');
  const before = await readFile(desk.csv, 'utf8');
  const asked = internet.requests.length;
  for (const args of COMMANDS) {
    const told = await desk.rowtrail(urlOf(postgres.url), ...args);
    expect([args[0], told.code]).toEqual([args[0], code]);
    expect(told.stderr.replaceAll(/\s+/g, ' ')).toMatch(words);
    expect(told.stderr + told.stdout).not.toContain('hush-hush');
  }
  expect(await readFile(desk.csv, 'utf8')).toBe(before);
  expect(internet.requests.length).toBe(asked);
});

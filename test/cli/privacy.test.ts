import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tempFolder } from '../support/temp-folder.ts';
import { screen } from './screen.ts';
import { SITUATIONS } from './situations.ts';

let home: string;
beforeAll(() => {
  home = process.cwd();
});
afterAll(() => process.chdir(home));

const PERSONAL = /Lovelace|Hopper|Turing|Babbage|Easley|@example\.org/;

it('metrics, alerts, reports and status name nobody, as text, as JSON, as HTML and for Prometheus', async () => {
  const folder = await tempFolder();
  await SITUATIONS['failed-rows'](folder);
  process.chdir(folder);
  for (const line of [
    'status people.csv',
    'metrics people.csv',
    'metrics people.csv --prometheus',
    'alerts people.csv',
    'report people.csv --details',
    'retry people.csv --cause locked',
    'failed people.csv --by remedy',
    'monitoring --status --metrics --alerts --report --detailed --csv-path people.csv',
    'csv-tracker --status --csv-path people.csv',
  ])
    for (const words of line.includes('--prometheus') ? [line] : [line, `${line} --json`]) {
      const { stdout, stderr } = await screen(words.split(' '));
      expect(stdout).not.toBe('');
      expect(`${stdout}${stderr}`).not.toMatch(PERSONAL);
    }
  await screen(['report', 'people.csv', '--details', '--html', 'report.html']);
  expect(await readFile('report.html', 'utf8')).not.toMatch(PERSONAL);
});

it("the person's own lists do name them", async () => {
  const folder = await tempFolder();
  await SITUATIONS['failed-rows'](folder);
  process.chdir(folder);
  for (const line of ['pending people.csv', 'failed people.csv', 'failed people.csv --json'])
    expect((await screen(line.split(' '))).stdout).toMatch(PERSONAL);
});

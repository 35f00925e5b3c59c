import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Internet } from '../../../src/demo/internet/index.ts';
import { startTestInternet } from '../../support/internet.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { desk, driveLink, HEADER, reach, youtubeLink } from '../fixtures.ts';
import { hasTmux, openPty, type Pty } from './tmux.ts';

const LAUNCHER = fileURLToPath(new URL('../../../bin/rowtrail.js', import.meta.url));

let internet: Internet;
let gone: ReturnType<Internet['youtube']['addVideo']>;
let locked: ReturnType<Internet['drive']['addFile']>;
beforeAll(async () => {
  internet = await startTestInternet();
  gone = internet.youtube.addVideo({ id: 'pty-gone-01', behaviour: 'removed' });
  internet.youtube.addVideo({ id: 'pty-bot-001', behaviour: 'bot-check' });
  internet.drive.addFile({ id: 'pty-notes-1', name: 'notes.txt', body: 'notes' });
  locked = internet.drive.addFile({
    ...{ id: 'pty-locked', name: 'secret.pdf', body: 'secret', behaviour: 'sign-in' },
  });
  for (const id of ['pty-slow-one'])
    internet.drive.addFile({
      id,
      name: `${id}.bin`,
      body: { size: 4_000_000_000, seed: 1 },
      faults: { download: { bytesPerSecond: 50_000 } },
    });
});
afterAll(() => internet.close());

const ROWS = [
  HEADER,
  `ada,Ada Lovelace,ada@example.org,A,,${driveLink('pty-notes-1')}`,
  `grace,Grace Hopper,grace@example.org,B,${youtubeLink('pty-gone-01')},${driveLink('pty-locked')}`,
  `alan,Alan Turing,alan@example.org,A,${youtubeLink('pty-bot-001')},${driveLink('pty-slow-one')}`,
];

/** What differs from run to run and machine to machine. */
function steady(screen: string): string {
  return screen
    .replaceAll(/( \d\/\d( {2}\d failed)?)( {2}.*)?$/gm, '$1')
    .replaceAll(/^(alan .*[█░]) .*$/gm, '$1 <figures>')
    .replaceAll(/(\d{4}-\d\d-\d\d )?\d\d:\d\d/g, '<time>')
    .replaceAll(/[\d.]+ GB free/g, '<size> free')
    .replaceAll(/ in [\d.]+ s/g, ' in <duration>');
}

async function terminal(
  columns: number,
  rows: number,
  env: Readonly<Record<string, string>> = {},
): Promise<Pty> {
  const { folder } = await desk(ROWS, {});
  const pty = await openPty({
    ...{ folder: await tempFolder(), cwd: folder, columns, rows },
    env: { ...reach(internet), ...env },
  });
  await pty.press(`alias rowtrail="'${process.execPath}' '${LAUNCHER}'"; clear`, 'Enter');
  await expect.poll(() => pty.screen(), { timeout: 20_000 }).toBe('$');
  return pty;
}

/** Waits until everything has happened that will: one is done, two have failed, YouTube is paused, one comes slowly. */
async function underWay(pty: Pty): Promise<string> {
  // What is said comes in one order: each waits until the one before has been said.
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  locked.faults = { download: { until: first.promise } };
  gone.faults = { page: { until: second.promise } };
  await pty.press('rowtrail run people.csv --max-wait 2h --concurrency 1', 'Enter');
  const said = async (words: string) => {
    await expect.poll(() => pty.history(), { timeout: 60_000 }).toContain(words);
  };
  await said('done   ada Drive');
  first.resolve();
  await said('failed grace Drive');
  second.resolve();
  const isThere = (screen: string) =>
    /2 failed/.test(screen) &&
    /is paused/.test(screen) &&
    /^alan Drive .*B\/s/m.test(screen) &&
    !/^alan YouTube +[█░]/m.test(screen);
  let screen = '';
  await expect
    .poll(async () => (screen = await pty.screen()), { timeout: 60_000, interval: 200 })
    .toSatisfy(isThere);
  return screen;
}

const golden = (name: string) => join(import.meta.dirname, 'golden', `${name}.txt`);

describe.skipIf(!hasTmux)('a run in a terminal (apt-get install tmux)', () => {
  it.for([
    [100, 24],
    [60, 24],
    [40, 32],
    [180, 24],
  ] as const)('of %d columns and %d lines', async ([columns, rows]) => {
    await using pty = await terminal(columns, rows);
    const screen = await underWay(pty);
    for (const line of screen.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    await expect(`${steady(screen)}\n`).toMatchFileSnapshot(golden(`run-${columns}x${rows}`));

    await pty.press('C-c');
    await expect.poll(() => pty.history(), { timeout: 20_000 }).toMatch(/Next: .*\n[\s\S]*\$$/);
    const last = await pty.history();
    // Nothing of the bars is left between what was said.
    expect(last).not.toMatch(/[█░]/);
    await expect(`${steady(last)}\n`).toMatchFileSnapshot(golden(`stopped-${columns}x${rows}`));

    await pty.press('clear; rowtrail status people.csv; rowtrail report people.csv', 'Enter');
    await expect.poll(() => pty.history(), { timeout: 20_000 }).toMatch(/What to do[\s\S]*\$$/);
  });

  it('leaves room on a low one', async () => {
    await using pty = await terminal(80, 10);
    const screen = await underWay(pty);
    expect(screen.split('\n').slice(-5)).toEqual([
      expect.stringMatching(/^downloads .* 3\/5 {2}2 failed/),
      expect.stringMatching(/^ {2}YouTube /),
      expect.stringMatching(/^ {2}Drive /),
      expect.stringMatching(/^YouTube is paused/),
      expect.stringMatching(/^alan Drive /),
    ]);
  });

  it('is drawn anew when the window gets narrower', async () => {
    await using pty = await terminal(120, 24);
    await underWay(pty);
    await pty.resize(50, 24);
    await expect
      .poll(async () => (await pty.screen()).split('\n').filter((line) => /^alan .*B\/s/.test(line)).length, {
        timeout: 20_000,
      })
      .toBe(1);
  });

  it('has colours, and none with NO_COLOR', async () => {
    const sgr = /\p{Cc}\[3[0-9]m/u;
    await using coloured = await terminal(100, 24);
    await using plain = await terminal(100, 24, { NO_COLOR: '1' });
    await Promise.all([underWay(coloured), underWay(plain)]);
    expect(await coloured.screen('colours')).toMatch(sgr);
    expect(await plain.screen('colours')).not.toMatch(sgr);
  });
});

import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FRAMES_SEEN, WATCH_FRAMES, type FramesSeen } from '../../support/blank-frames.ts';
import { openBrowser } from '../../support/browser.ts';
import { startServing, type Serving } from './support/serving.ts';

/** More than fit into an element 12 million pixels high would take a million; the scales meet well below. */
const ROWS = 400_000;

let folder: string;
let serving: Serving;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'rowtrail-many-')));
  const lines = Array.from(
    { length: ROWS },
    (_, at) =>
      `${at + 1},Person ${(at * 7919) % ROWS},p${at}@example.org,FF,https://youtu.be/${String(at).padStart(11, '0')},`,
  );
  await writeFile(
    join(folder, 'many.csv'),
    `row_id,name,email,type,youtube_playlist,google_drive\n${lines.join('\n')}\n`,
  );
  [serving, browser] = await Promise.all([startServing('many.csv', { cwd: folder }), openBrowser()]);
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(`${serving.url}#/rows`);
  await page.locator('.grid-body [role=row]').first().waitFor({ timeout: 120_000 });
});

afterAll(async () => {
  await browser?.close();
  await serving?.stop();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

const SOON = { timeout: 20_000 };
const shownRows = () => page.locator('.grid-body .cell.row-id').allTextContents();
const scrollTo = (share: number) =>
  page.evaluate(
    `(() => { const grid = document.querySelector('.grid'); grid.scrollTop = ${share} * (grid.scrollHeight - grid.clientHeight); })()`,
  );

describe('a table of very many rows', () => {
  test('scrolls without a blank frame, by the wheel and by leaps', async () => {
    await page.mouse.move(400, 500);
    await page.evaluate(WATCH_FRAMES);
    for (let turn = 0; turn < 40; turn += 1) await page.mouse.wheel(0, 700);
    for (let leap = 1; leap <= 20; leap += 1) {
      await scrollTo(leap / 20);
      await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    }
    await expect.poll(async () => (await shownRows()).at(-1), SOON).toBe(String(ROWS));
    const { frames, blank } = await page.evaluate<FramesSeen>(FRAMES_SEEN);
    expect(frames).toBeGreaterThan(20);
    expect(blank).toBe(0);
  });

  test('reaches each row from where it stands: the wheel leaps over none in the middle', async () => {
    await scrollTo(0.5);
    await expect.poll(async () => Number((await shownRows())[0]), SOON).toBeGreaterThan(ROWS * 0.4);
    await page.waitForTimeout(500);
    const before = Number((await shownRows())[0]);
    await page.mouse.wheel(0, 360);
    await expect.poll(async () => Number((await shownRows())[0]) - before, SOON).toBe(10);
  });

  test('is filtered and sorted as a whole, and begins at its top then', async () => {
    await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click();
    await expect
      .poll(
        async () => (await page.locator('.grid-body .cell.name').first().textContent())?.slice(0, 8),
        SOON,
      )
      .toBe('Person 0');
    await page.getByRole('searchbox').fill('P123456@example');
    await expect.poll(() => page.locator('.found').textContent(), SOON).toMatch(/^1 of 400,000 rows/);
    await page.getByRole('button', { name: 'Show all' }).click();
    await expect.poll(() => page.locator('.found').textContent(), SOON).toMatch(/^400,000 rows/);
  });
});

import { mkdtemp, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { resetDownloads, updateCsvDownloadStatus } from '../../../src/index.ts';
import { openBrowser } from '../../support/browser.ts';
import { contextOf, rowOf, success } from '../../tracker/fixtures.ts';
import { startServing, type Serving } from './support/serving.ts';
import { keepPicture } from './support/checks.ts';

const SOON = { timeout: 30_000 };
const CSV = [
  'row_id,name,email,type,youtube_playlist,google_drive',
  '1,Ada Lovelace,ada@example.org,FF,https://youtu.be/aaaaaaaaaaa,',
  '2,Grace Hopper,grace@example.org,FM,https://youtu.be/bbbbbbbbbbb,',
  '',
].join('\n');

let folder: string;
let csv: string;
let serving: Serving;
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'rowtrail-away-')));
  csv = join(folder, 'people.csv');
  await writeFile(csv, CSV);
  serving = await startServing('people.csv', { cwd: folder });
  return async () => {
    await serving.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
});

async function openPage(view: string): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const mistakes: string[] = [];
  page.on('pageerror', (error) => mistakes.push(error.message));
  onTestFinished(async () => {
    await context.close();
    expect(mistakes).toEqual([]);
  });
  await page.goto(`${serving.url}#/${view}`);
  return page;
}

const line = (page: Page, text: string) => page.locator('.grid-body [role=row]').filter({ hasText: text });
const completed = (page: Page) => page.locator('.chip.completed .chip-count').textContent();

/** As a run in another process would. */
async function complete(rowId: string): Promise<void> {
  const row = await rowOf(csv, rowId);
  await updateCsvDownloadStatus(Number(rowId) - 1, 'youtube', success(contextOf(row), [`${rowId}.mp4`]), csv);
}

test('a CSV that vanishes is told in each view, what was shown stays, and all is well once it is back', async () => {
  const page = await openPage('rows');
  await line(page, 'Ada Lovelace').waitFor();
  await rename(csv, `${csv}.away`);
  const banner = page.locator('.banner').filter({ hasText: 'people.csv is not there any more' });
  await banner.waitFor(SOON);
  expect(await line(page, 'Ada Lovelace').count()).toBe(1);
  expect(await page.getByRole('alert').count()).toBe(0);
  await keepPicture(page, 'csv-away');
  for (const view of ['overview', 'failures', 'trends', 'settings', 'rows']) {
    await page.goto(`${serving.url}#/${view}`);
    await banner.waitFor();
  }
  // Somebody who comes only now hears it as well, and one who looked elsewhere meanwhile is not told that it is back.
  const late = await openPage('overview');
  await late.locator('.banner').filter({ hasText: 'people.csv is not there any more' }).waitFor(SOON);
  await page.evaluate(`window.dispatchEvent(new Event('online'))`);
  await page.waitForTimeout(500);
  expect(await banner.count()).toBe(1);

  await rename(`${csv}.away`, csv);
  await expect.poll(() => banner.count(), SOON).toBe(0);
  await expect.poll(() => late.locator('.banner').count(), SOON).toBe(0);
  await line(page, 'Grace Hopper').waitFor(SOON);
});

test('a CSV that cannot be read is told in each view with where it is wrong, until it is mended', async () => {
  const page = await openPage('overview');
  await page.getByRole('heading', { name: /2 downloads to do/ }).waitFor(SOON);
  await writeFile(csv, CSV.replace('Grace', '"Grace'));
  const banner = page.locator('.banner').filter({ hasText: 'a quote opens here' });
  await banner.waitFor({ timeout: 60_000 });
  // How things stood, and never noughts that nobody counted.
  expect(await page.getByRole('heading', { name: /2 downloads to do/ }).count()).toBe(1);
  const late = await openPage('rows');
  await late.locator('.banner').filter({ hasText: 'a quote opens here' }).waitFor(SOON);
  await late.getByText('No rows to show').waitFor(SOON);
  await writeFile(csv, CSV);
  await expect.poll(() => banner.count(), { timeout: 60_000 }).toBe(0);
  await page.getByRole('heading', { name: /2 downloads to do/ }).waitFor(SOON);
});

test('fifty pages of one browser are open at once, and each of them hears what happens', async () => {
  const context = await browser.newContext({ viewport: { width: 800, height: 600 } });
  onTestFinished(() => context.close());
  const pages = await Promise.all(Array.from({ length: 50 }, () => context.newPage()));
  await Promise.all(pages.map((page) => page.goto(`${serving.url}#/rows`, { timeout: 120_000 })));
  await Promise.all(pages.map((page) => line(page, 'Ada Lovelace').waitFor({ timeout: 60_000 })));
  await complete('1');
  for (const page of pages) await expect.poll(() => completed(page), { timeout: 60_000 }).toBe('1');
  expect(
    (await Promise.all(pages.map((page) => page.locator('.banner').count()))).every((n) => n === 0),
  ).toBe(true);
  // Those with a live line give it to others when they are closed.
  await Promise.all(pages.slice(0, 40).map((page) => page.close()));
  await resetDownloads(['1'], csv);
  for (const page of pages.slice(40)) await expect.poll(() => completed(page), SOON).toBe('0');
});

test('a page whose browser slept for an hour shows what is, also where the server was started anew meanwhile', async () => {
  const page = await openPage('rows');
  await expect.poll(() => completed(page), SOON).toBe('0');
  const { port } = serving;
  const debug = await page.context().newCDPSession(page);
  const lifecycle = (state: 'frozen' | 'active') => debug.send('Page.setWebLifecycleState', { state });

  await lifecycle('frozen');
  await complete('1');
  await lifecycle('active');
  await expect.poll(() => completed(page), SOON).toBe('1');

  await lifecycle('frozen');
  await serving.stop('SIGKILL');
  serving = await startServing('people.csv', { cwd: folder, port });
  await complete('2');
  await lifecycle('active');
  await expect.poll(() => completed(page), SOON).toBe('2');
  await expect.poll(() => page.locator('.banner').count(), SOON).toBe(0);
});

test('a line that died without a word is made anew once no sign of life came for a while', async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.clock.install();
  let lines = 0;
  page.on('request', (request) => {
    if (request.url().endsWith('/api/events')) lines += 1;
  });
  await page.goto(`${serving.url}#/rows`);
  await line(page, 'Ada Lovelace').waitFor();
  await expect.poll(() => lines, SOON).toBe(1);
  // Hours without a sign of life: the computer slept, and its clock went on.
  await expect.poll(async () => (await page.clock.fastForward('01:00:00'), lines), SOON).toBeGreaterThan(1);
  await complete('1');
  await expect.poll(async () => (await page.clock.runFor(1000), completed(page)), SOON).toBe('1');
});

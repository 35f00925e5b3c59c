import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openBrowser } from '../../support/browser.ts';
import { keepPicture, pixelsTooWide, seriousFindings } from './support/checks.ts';
import { startServing, type Serving } from './support/serving.ts';
import { openPageWorld, type PageWorld } from './support/world.ts';

const VIEWS = ['overview', 'rows', 'rows?row=001', 'failures', 'trends', 'settings'];

// One world, one server and one browser for all: the tests follow a run from its start to its end.
let world: PageWorld;
let serving: Serving;
let browser: Browser;

beforeAll(async () => {
  world = await openPageWorld();
  [serving, browser] = await Promise.all([
    startServing(world.csv, { cwd: world.folder, flags: world.flags }),
    openBrowser(),
  ]);
});

afterAll(async () => {
  await browser?.close();
  await serving?.stop();
  await world?.close();
});

interface Look {
  readonly width?: number;
  readonly colorScheme?: 'light' | 'dark';
}

/** A window of its own, which fails the test when the page throws or its policy is broken. */
async function openPage(view: string, { width = 1440, colorScheme = 'light' }: Look = {}): Promise<Page> {
  const context: BrowserContext = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme,
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  const mistakes: string[] = [];
  page.on('pageerror', (error) => mistakes.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy|Uncaught/.test(message.text()))
      mistakes.push(message.text());
  });
  onTestFinished(async () => {
    await context.close();
    expect(mistakes).toEqual([]);
  });
  await page.goto(`${serving.url}#/${view}`);
  return page;
}

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
/** Waits for what will be, as long as a loaded machine may take. */
const SOON = { timeout: 20_000 };
const line = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text });
const clipboard = (page: Page) => page.evaluate<string>('navigator.clipboard.readText()');

describe('a run', () => {
  test('is started, paused, resumed and, once asked, stopped from the overview', async () => {
    world.slow(60_000);
    const page = await openPage('overview');
    await button(page, 'Start a run').click();
    await page.getByRole('heading', { name: 'Running' }).waitFor();
    const transfer = page.locator('.transfer').filter({ hasText: 'Snail' }).first().getByRole('progressbar');
    await transfer.waitFor();
    const far = async (): Promise<number> => Number(await transfer.getAttribute('aria-valuenow'));
    const before = await far();
    await expect.poll(far, SOON).toBeGreaterThan(before);
    await keepPicture(page, 'overview-running');

    await button(page, 'Pause').click();
    await page.getByRole('heading', { name: /Paus/ }).waitFor();
    await button(page, 'Resume').click();
    await page.getByRole('heading', { name: 'Running' }).waitFor();

    await button(page, 'Stop').click();
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog').count(), SOON).toBe(0);
    await expect.poll(() => page.evaluate('document.activeElement.textContent'), SOON).toBe('Stop');
    await button(page, 'Stop').click();
    await button(page, 'Stop the run').click();
    await page.getByText('It was stopped before its end.').waitFor();
  });

  test('shows its end by itself in a window that was open before', async () => {
    world.slow(null);
    const [one, other] = [await openPage('overview'), await openPage('rows?status=completed')];
    await button(one, 'Start a run').click();
    await one.getByRole('heading', { name: 'Running' }).waitFor(SOON);
    await line(other, 'Ada Lovelace').waitFor({ timeout: 60_000 });
    await one
      .getByRole('heading', { name: /downloads? to do|Nothing to download/ })
      .waitFor({ timeout: 90_000 });
    expect(await one.getByText(/The last run ended/).count()).toBe(1);
  });
});

describe('rows', () => {
  test('are filtered by status, cause and text, sorted, and the address keeps it', async () => {
    const page = await openPage('rows');
    await line(page, 'Ada Lovelace').waitFor();
    await button(page, /^Failed/).click();
    await expect.poll(() => line(page, 'Ada Lovelace').count(), SOON).toBe(0);
    await line(page, 'James Bond').waitFor();
    await page.getByLabel('Reason').selectOption('removed');
    await line(page, 'Emile Berliner').waitFor();
    await expect.poll(() => line(page, 'James Bond').count(), SOON).toBe(0);

    await page.reload();
    await line(page, 'Emile Berliner').waitFor();
    expect(await button(page, /^Failed/).getAttribute('aria-pressed')).toBe('true');

    await button(page, 'Show all').click();
    await page.getByRole('searchbox').fill('hopper');
    await line(page, 'Grace Hopper').waitFor();
    await expect.poll(() => page.locator('.grid-body [role=row]').count(), SOON).toBe(1);
    expect(page.url()).toContain('q=hopper');
    await page.getByRole('searchbox').fill('nobody of that name');
    await page.getByText('No row matches').waitFor();
    await button(page, 'Show all rows').click();

    const header = page.getByRole('columnheader', { name: 'Name' });
    await header.getByRole('button').click();
    await expect.poll(() => header.getAttribute('aria-sort'), SOON).toBe('ascending');
    await expect
      .poll(() => page.locator('.grid-body .cell.name').first().textContent(), SOON)
      .toMatch(/^<img|^Ada/);
    await header.getByRole('button').click();
    await expect.poll(() => header.getAttribute('aria-sort'), SOON).toBe('descending');
    await expect
      .poll(() => page.locator('.grid-body .cell.name').first().textContent(), SOON)
      .toMatch(/^Wim/);
  });

  test('one opens with what was tried and what arrived, which is played, read and copied', async () => {
    const page = await openPage('rows');
    await line(page, 'Ada Lovelace').click();
    const panel = page.getByRole('complementary', { name: 'Ada Lovelace' });
    await panel
      .getByText(/attempt 1/)
      .first()
      .waitFor();
    await panel.getByRole('button', { name: /^Play .*\.mp4/ }).click();
    await expect
      .poll(() => panel.locator('video').evaluate((video: { readyState: number }) => video.readyState), SOON)
      .toBeGreaterThan(0);
    await panel.getByRole('button', { name: /^Preview .*\.vtt/ }).click();
    await panel.locator('pre').getByText('The engine weaves algebraic patterns.').waitFor();
    await panel.getByRole('button', { name: 'Copy path' }).first().click();
    await panel.getByRole('button', { name: 'Copied' }).waitFor();
    expect(readFileSync(await clipboard(page)).length).toBeGreaterThan(1000);
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      panel.getByText('Save').first().click(),
    ]);
    expect(saved.suggestedFilename()).toMatch(/\.mp4$/);
    await keepPicture(page, 'row-panel');
  });

  test('one that failed is tried again at once', async () => {
    const page = await openPage('rows?row=007');
    const panel = page.getByRole('complementary', { name: 'James Bond' });
    world.internet.drive.addFile({ id: '1ForHisEyesOnly00007', name: 'secret.txt', body: 'shared now' });
    await panel.getByRole('button', { name: 'Try again now' }).click();
    await page.getByText('1 download will be tried again.').waitFor();
    await expect
      .poll(() => panel.getByText(/^secret.*\.txt$/).count(), { timeout: 60_000 })
      .toBeGreaterThan(0);
  });

  test('a reset asks first, and then the download is to do again', async () => {
    const page = await openPage('rows?row=005');
    const panel = page.getByRole('complementary', { name: 'Katherine Johnson' });
    await panel.getByText('Completed').first().waitFor();
    await button(page, 'Reset Drive').click();
    await button(page, 'Cancel').click();
    await panel.getByText('Completed').first().waitFor();
    await button(page, 'Reset Drive').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Reset' }).click();
    await expect.poll(() => panel.getByText('To do').count(), SOON).toBeGreaterThan(0);
  });
});

test('failures stand by what mends them, with sentence, commands, rows and an export', async () => {
  const page = await openPage('failures');
  await page.getByRole('link', { name: /Emile Berliner/ }).waitFor();
  const sentence = page.locator('.message').first();
  await sentence.getByRole('button', { name: 'Copy the sentence' }).click();
  await sentence.getByText('Copied', { exact: true }).first().waitFor();
  expect(await sentence.locator('blockquote').textContent()).toContain((await clipboard(page)).slice(0, 100));
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Export for Excel' }).click(),
  ]);
  expect(readFileSync(await saved.path(), 'utf8')).toContain('Emile Berliner');
  await page.getByRole('link', { name: /Emile Berliner/ }).click();
  await page.getByRole('complementary', { name: 'Emile Berliner' }).waitFor();
});

test('trends have a table, and settings say where they come from', async () => {
  const page = await openPage('trends');
  await button(page, 'Whole run').click();
  await expect
    .poll(
      async () =>
        (await page.getByText('The same as a table').count()) + (await page.getByText('No run yet').count()),
      SOON,
    )
    .toBe(1);
  await page.getByRole('link', { name: 'Settings' }).click();
  const pace = page.getByRole('row').filter({ has: page.getByText('pace', { exact: true }) });
  await pace.getByText('off', { exact: true }).waitFor();
  await pace.getByText('flag').waitFor();
});

test('what a hostile person wrote is text, cut and turned the right way', async () => {
  const page = await openPage('rows?q=666&row=666');
  const panel = page.getByRole('complementary');
  await panel.getByText('<img src=x onerror="window.hacked=1">').waitFor();
  expect(await panel.getByRole('heading', { level: 2 }).textContent()).not.toMatch(/[\p{Cc}\u202e]/u);
  for (const view of ['overview', 'failures', 'rows?row=667']) {
    await page.goto(`${serving.url}#/${view}`);
    await page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' });
  }
  await panel.getByRole('heading', { level: 2 }).waitFor();
  expect((await page.content()).length).toBeLessThan(200_000);
  expect(await page.evaluate('window.hacked')).toBeUndefined();
  expect(await page.locator('a[href^="javascript"]').count()).toBe(0);
});

test('everything is reached by keyboard, and focus is never lost', async () => {
  const page = await openPage('overview');
  const focused = () => page.evaluate('document.activeElement.id');
  await page.getByRole('heading', { level: 2 }).first().waitFor();
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
  await page.keyboard.press('Enter');
  expect(await focused()).toBe('main');
  await page.keyboard.press('/');
  await expect.poll(focused, SOON).toBe('search');
  // Slower than searches come back: what is typed on stays.
  await page.keyboard.type('ada love', { delay: 80 });
  expect(await page.getByRole('searchbox').inputValue()).toBe('ada love');
  await expect.poll(() => page.locator('.grid-body [role=row]').count(), SOON).toBe(1);
  await page.keyboard.press('Escape');
  await expect.poll(focused, SOON).toBe('rows-grid');
  await line(page, 'Grace Hopper').waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('complementary', { name: 'Grace Hopper' }).waitFor();
  await expect.poll(focused, SOON).toBe('panel-title');
  await page.keyboard.press('Escape');
  await expect.poll(focused, SOON).toBe('rows-grid');
  expect(await page.getByRole('complementary').count()).toBe(0);
  await page.keyboard.press('End');
  await expect.poll(() => page.locator('.line.active .cell.row-id').textContent(), SOON).toBe('667');
});

describe('every view', () => {
  test.each(['light', 'dark'] as const)(
    'fits 360, 768 and 1440 pixels in %s, and axe finds nothing serious',
    async (colorScheme) => {
      for (const width of [360, 768, 1440]) {
        const page = await openPage('overview', { width, colorScheme });
        for (const view of VIEWS) {
          await show(page, view);
          await keepPicture(page, `${view.replace(/\?.*/, '-panel')}-${width}-${colorScheme}`);
          // The narrow and the wide one show every style that there is.
          const found = width === 768 ? [] : await seriousFindings(page);
          const tooWide = await pixelsTooWide(page);
          expect({ view, width, tooWide, found }).toEqual({ view, width, tooWide: 0, found: [] });
        }
      }
    },
  );

  test('follows the switch of colours, which the browser keeps', async () => {
    const page = await openPage('overview');
    const theme = () => page.evaluate('getComputedStyle(document.documentElement).colorScheme');
    await button(page, /^Colours/).click();
    await button(page, /^Colours: light/).click();
    expect(await theme()).toBe('dark');
    await page.reload();
    await button(page, /^Colours: dark/).waitFor();
    expect(await theme()).toBe('dark');
  });
});

/** Goes to a view and waits until nothing of it loads any more. */
async function show(page: Page, view: string): Promise<void> {
  await page.goto(`${serving.url}#/${view}`);
  await page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' });
  await expect.poll(() => page.locator('.loading, [aria-busy=true]').count(), SOON).toBe(0);
  if (view === 'trends') await page.locator('.plot canvas').first().waitFor();
}

test('a server that goes away is told, what was shown stays, and it comes back by itself', async () => {
  const page = await openPage('rows');
  await line(page, 'Ada Lovelace').waitFor();
  await serving.stop('SIGKILL');
  await page.getByText('No connection to rowtrail').waitFor();
  expect(await line(page, 'Ada Lovelace').count()).toBe(1);
  await keepPicture(page, 'server-away');
  serving = await startServing(world.csv, { cwd: world.folder, flags: world.flags, port: serving.port });
  await expect.poll(() => page.getByText('No connection to rowtrail').count(), SOON).toBe(0);
  await line(page, 'Grace Hopper').click();
  await page.getByRole('complementary', { name: 'Grace Hopper' }).waitFor();
});

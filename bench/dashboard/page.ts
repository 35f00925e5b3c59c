import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { FRAMES_SEEN, WATCH_FRAMES, type FramesSeen } from '../../test/support/blank-frames.ts';
import { openBrowser } from '../../test/support/browser.ts';
import { spreadOf, type Spread } from '../support/statistics.ts';

/** What a person waits for at the page, in milliseconds, and what they see meanwhile. */
export interface PageFigures {
  /** From the call of the page to its first rows, the index standing; the first with an empty cache. */
  readonly firstRows: Spread;
  readonly firstPaint: Spread;
  /** From the press of a filter or header to the rows that it asks for. */
  readonly filters: Spread;
  readonly sorts: Spread;
  /** The same for a search, from the last key; a pause of 150 ms belongs to it. */
  readonly searches: Spread;
  readonly wheel: FramesSeen;
  readonly drag: FramesSeen;
}

const ROUNDS = 5;
const LONGEST = { timeout: 60_000 };

/**
 * Measures the page in this machine's Chromium.
 * @param url of a dashboard whose index stands
 * @param search words that some rows have
 */
export async function measurePage(url: string, search: readonly string[]): Promise<PageFigures> {
  const browser = await openBrowser();
  try {
    const paints: Paint[] = [];
    for (let round = 0; round < ROUNDS; round += 1)
      paints.push(await firstPaintIn(await newPage(browser), url));
    const page = await newPage(browser);
    await page.goto(`${url}#/rows`);
    await page.locator('.grid-body [role=row]').first().waitFor(LONGEST);
    await sleep(1000);
    const sorts = await times(
      page,
      ['Name', 'Name', 'Type', 'YouTube', 'Last try', 'Row', 'Line'],
      pressHeader,
    );
    const filters = await times(
      page,
      ['To do', 'To do', 'Completed', 'Completed', 'No link', 'No link'],
      pressChip,
    );
    const searches = await times(page, [...search, ''], typeSearch);
    return {
      firstRows: spreadOf(paints.map(({ rows }) => rows)),
      firstPaint: spreadOf(paints.map(({ paint }) => paint)),
      sorts: spreadOf(sorts),
      filters: spreadOf(filters),
      searches: spreadOf(searches),
      wheel: await watched(page, turnWheel),
      drag: await watched(page, dragBar),
    };
  } finally {
    await browser.close();
  }
}

interface Paint {
  readonly paint: number;
  readonly rows: number;
}

async function newPage(browser: Awaited<ReturnType<typeof openBrowser>>): Promise<Page> {
  return (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
}

async function firstPaintIn(page: Page, url: string): Promise<Paint> {
  await page.addInitScript(`(() => {
    const look = () => {
      if (document.querySelector('.grid-body [data-index]')) window.rowsAt = performance.now();
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  })()`);
  await page.goto(`${url}#/rows`);
  await page.locator('.grid-body [data-index]').first().waitFor(LONGEST);
  await sleep(300);
  const found = await page.evaluate<Paint>(
    `({ rows: window.rowsAt, paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN })`,
  );
  await page.context().close();
  return found;
}

/** Acts in the page and tells how long it took until the rows were those of another query, drawn. */
async function times(page: Page, names: readonly string[], act: (name: string) => string): Promise<number[]> {
  const samples: number[] = [];
  for (const name of names) {
    samples.push(
      await page.evaluate<number>(`new Promise((resolve, reject) => {
        const began = performance.now();
        const asked = location.hash;
        ${act(name)}
        const look = () => {
          const grid = document.querySelector('.grid');
          const still = grid === null ? document.querySelector('.rows-side .state') !== null : grid.getAttribute('aria-busy') === 'false';
          const there = location.hash !== asked && still;
          if (there) resolve(performance.now() - began);
          else if (performance.now() - began > 30000) reject(new Error('${act.name} ${name} changed nothing'));
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      })`),
    );
    await sleep(200);
  }
  return samples;
}

function pressHeader(name: string): string {
  return `[...document.querySelectorAll('[role=columnheader] button')].find((it) => it.textContent === '${name}').click();`;
}

function pressChip(name: string): string {
  return `[...document.querySelectorAll('.chip')].find((it) => it.textContent.startsWith('${name}')).click();`;
}

function typeSearch(words: string): string {
  return `const input = document.getElementById('search');
    input.value = '${words}';
    input.dispatchEvent(new InputEvent('input', { bubbles: true }));`;
}

async function watched(page: Page, act: (page: Page) => Promise<void>): Promise<FramesSeen> {
  await page.evaluate(WATCH_FRAMES);
  await act(page);
  await sleep(500);
  const { frames, blank, slowest } = await page.evaluate<FramesSeen>(FRAMES_SEEN);
  return { frames, blank, slowest };
}

async function turnWheel(page: Page): Promise<void> {
  await page.mouse.move(700, 500);
  for (let turn = 0; turn < 150; turn += 1) await page.mouse.wheel(0, turn % 30 === 0 ? -900 : 600);
}

/** The scroll bar is dragged from one end to the other and back, and let go in between. */
async function dragBar(page: Page): Promise<void> {
  for (let step = 0; step <= 120; step += 1) {
    const share = step <= 60 ? step / 60 : (120 - step) / 60;
    await page.evaluate(
      `(() => { const grid = document.querySelector('.grid'); grid.scrollTop = ${share} * (grid.scrollHeight - grid.clientHeight); })()`,
    );
    await sleep(16);
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { FRAMES_SEEN, WATCH_FRAMES, type FramesSeen } from '../../test/support/blank-frames.ts';

/** What a person waits for at the page, in milliseconds, and what they see meanwhile. */
export interface PageSamples {
  /** From the call of the page to its first rows, the index standing; the first one right after it stood, with an empty cache. */
  readonly openRows: readonly number[];
  readonly firstPaint: readonly number[];
  /** From the press of a filter or header to the rows that it asks for. */
  readonly filters: readonly number[];
  readonly sorts: readonly number[];
  /** The same for a search, from the last key; the pause after which a search begins belongs to it. */
  readonly searches: readonly number[];
  readonly blankFrames: readonly number[];
  readonly slowestFrame: readonly number[];
}

const OPENED = 3;
/** A part of a file's name, a last name, a first and a last name, letters beyond ASCII, a part of nearly every row, one row, and nothing. */
const SEARCHES = ['mp4', 'Nakamura', 'Haruka van', 'garcía', 'example', 'person.777777@', 'qqq', ''];
const SORTS = ['Name', 'Name', 'Type', 'YouTube', 'Last try', 'Row', 'Line'];
const FILTERS = ['To do', 'To do', 'Completed', 'Completed', 'Failed', 'Failed', 'No link', 'No link'];
const LONGEST = { timeout: 60_000 };

/** Opens the page while the index is made. @returns when its first rows were there, in milliseconds since 1970 */
export async function openBeforeItStands(browser: Browser, url: string): Promise<number> {
  const page = await newPage(browser);
  const { rows } = await firstPaintIn(page, url);
  return rows;
}

/**
 * Measures the page in this machine's Chromium.
 * @param url of a dashboard whose index stands
 */
export async function measurePage(browser: Browser, url: string): Promise<PageSamples> {
  const paints: Paint[] = [];
  for (let round = 0; round < OPENED; round += 1)
    paints.push(await firstPaintIn(await newPage(browser), url));
  const page = await newPage(browser);
  await page.goto(`${url}#/rows`);
  await page.locator('.grid-body [role=row]').first().waitFor(LONGEST);
  await sleep(1000);
  const sorts = await times(page, SORTS, pressHeader);
  const filters = await times(page, FILTERS, pressChip);
  const searches = await times(page, SEARCHES, typeSearch);
  const frames = [await watched(page, turnWheel), await watched(page, dragBar)];
  await page.context().close();
  return {
    openRows: paints.map(({ rows, began }) => rows - began),
    firstPaint: paints.map(({ paint }) => paint),
    ...{ sorts, filters, searches },
    blankFrames: frames.map(({ blank }) => blank),
    slowestFrame: frames.map(({ slowest }) => slowest),
  };
}

/** When rows were there and when the page was called, in milliseconds since 1970; and the time to the first paint. */
interface Paint {
  readonly paint: number;
  readonly rows: number;
  readonly began: number;
}

async function newPage(browser: Browser): Promise<Page> {
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
    `({ began: performance.timeOrigin, rows: performance.timeOrigin + window.rowsAt, paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN })`,
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

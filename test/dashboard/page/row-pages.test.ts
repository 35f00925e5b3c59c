import { describe, expect, test } from 'vitest';
import type { RowsPage, RowSummary } from '../../../src/dashboard/contract.ts';
import { PAGE_ROWS, RowPages } from '../../../src/dashboard/page/rows/row-pages.ts';

const CELL = { status: 'pending', files: 0, cause: null } as const;
const rowOf = (key: string, index: number): RowSummary => ({
  line: index + 2,
  rowId: `${key}${index}`,
  name: '',
  email: '',
  type: '',
  youtube: CELL,
  drive: CELL,
  attemptedAt: null,
});

interface Request {
  readonly key: string;
  readonly offset: number;
  readonly signal: AbortSignal;
  readonly answer: (version?: number) => Promise<void>;
  readonly fail: () => Promise<void>;
}

/** Row pages whose requests are answered when the test says so. */
function harness(total = 100_000) {
  const requests: Request[] = [];
  let changes = 0;
  const settled = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  };
  const pages = new RowPages({
    load: (key, offset, signal) => {
      const { promise, resolve, reject } = Promise.withResolvers<RowsPage>();
      const rows = Array.from({ length: Math.min(PAGE_ROWS, total - offset) }, (_, at) =>
        rowOf(key, offset + at),
      );
      requests.push({
        key,
        offset,
        signal,
        answer: (version = 1) => (resolve({ version, total, offset, rows }), settled()),
        fail: () => (reject(new Error('no answer')), settled()),
      });
      return promise;
    },
    onChange: () => (changes += 1),
  });
  return { pages, requests, changes: () => changes };
}

describe('pages of rows', () => {
  test('the first page is asked for alone, then what stands around what is seen', async () => {
    const { pages, requests } = harness();
    pages.ask('a', 1);
    expect(requests.map(({ offset }) => offset)).toEqual([0]);
    await requests[0]?.answer();
    expect(requests.map(({ offset }) => offset)).toEqual([0, 100, 200]);
    expect(pages.total).toBe(100_000);
    expect(pages.row(7)?.rowId).toBe('a7');
    pages.see(50_000, 50_030);
    for (const request of requests.slice(1)) await request.answer();
    expect(requests[3]?.offset).toBe(50_000);
  });

  test('no more than three requests are under way, however fast a person scrolls', async () => {
    const { pages, requests } = harness();
    pages.ask('a', 1);
    await requests[0]?.answer();
    for (let row = 0; row < 90_000; row += 1000) pages.see(row, row + 30);
    // One was answered, three are under way.
    expect(requests.length).toBe(4);
    await requests[1]?.answer();
    expect(requests.at(-1)?.offset).toBe(89_000);
  });

  test('another query gives up the requests of the one before and keeps its rows shown until the first page', async () => {
    const { pages, requests } = harness();
    pages.ask('a', 1);
    await requests[0]?.answer();
    pages.ask('b', 1);
    expect(
      requests.filter(({ key, signal }) => key === 'a' && !signal.aborted).map(({ offset }) => offset),
    ).toEqual([0]);
    expect(pages.row(0)?.rowId).toBe('a0');
    expect(pages.shownKey).toBe('a');
    await requests.at(-1)?.answer();
    expect(pages.row(0)?.rowId).toBe('b0');
  });

  test('an answer that was given up on is not shown', async () => {
    const { pages, requests } = harness();
    pages.ask('a', 1);
    pages.ask('b', 1);
    await requests[0]?.answer();
    expect(pages.total).toBeNull();
  });

  test('a new version asks again for what is seen and shows the old until it is there', async () => {
    const { pages, requests } = harness(100);
    pages.ask('a', 1);
    await requests[0]?.answer(1);
    pages.renew(2);
    expect(requests.length).toBe(2);
    expect(pages.has(0, 30)).toBe(true);
    await requests[1]?.answer(2);
    pages.see(0, 30);
    expect(requests.length).toBe(2);
  });

  test('an answer of an older version than was announced is not asked for again for ever', async () => {
    const { pages, requests } = harness(100);
    pages.ask('a', 9);
    await requests[0]?.answer(3);
    expect(requests.length).toBe(1);
  });

  test('trouble is told, keeps what is shown, and waits for the person', async () => {
    const { pages, requests } = harness(100);
    pages.ask('a', 1);
    await requests[0]?.answer(1);
    pages.renew(2);
    await requests[1]?.fail();
    expect(pages.trouble).toBeInstanceOf(Error);
    expect(pages.row(3)?.rowId).toBe('a3');
    expect(requests.length).toBe(2);
    pages.again();
    expect(requests.length).toBe(3);
    await requests[2]?.answer(2);
    expect(pages.trouble).toBeNull();
  });

  test('what was seen long ago is forgotten', async () => {
    const { pages, requests } = harness(1_000_000);
    pages.ask('a', 1);
    for (let row = 0; row < 500_000; row += 2000) {
      pages.see(row, row + 30);
      for (const request of requests.splice(0)) await request.answer();
    }
    while (requests.length > 0) await requests.shift()?.answer();
    const known = Array.from({ length: 10_000 }, (_, page) => pages.has(page * 100, page * 100));
    expect(known.filter(Boolean).length).toBeLessThanOrEqual(60);
    expect(pages.has(498_000, 498_030)).toBe(true);
  });
});

import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { resetDownloadStatus } from '../../../src/index.ts';
import { csvFile } from '../fixtures.ts';
import { attempt, beside, FAILED, HEADER, itemOf, known, lineOf, LINKS, rebuilt } from './fixtures.ts';

const IDS = ['1', '007'];

const deed = fc.record({
  do: fc.constantFrom('complete', 'fail', 'part', 'later', 'never', 'reset', 'link', 'by hand'),
  rowId: fc.constantFrom(...IDS),
  type: fc.constantFrom('youtube' as const, 'drive' as const),
  n: fc.nat({ max: 3 }),
});
type Deed = typeof deed extends fc.Arbitrary<infer Value> ? Value : never;

const GONE = { cause: 'removed', message: 'The video was removed; <b>really</b>' };

async function act(csv: string, { do: what, rowId, type, n }: Deed, step: number): Promise<void> {
  const text = await readFile(csv, 'utf8');
  const line = text.split('\r\n').find((each) => each.startsWith(`${rowId},`)) ?? '';
  const link = line.split(',')[type === 'youtube' ? 4 : 5] ?? '';
  const common = { rowId, type, at: step * 10, link, run: `2026-11-01T10-00-${10 + step}-aaaa` };
  switch (what) {
    case 'complete':
      return attempt(csv, { ...common, items: [itemOf(n), itemOf(n + 1, GONE)] });
    case 'fail':
      return attempt(csv, { ...common, outcome: FAILED });
    case 'part':
      return attempt(csv, { ...common, items: [itemOf(n), itemOf(n + 2, { ...FAILED })], outcome: FAILED });
    case 'later':
      return attempt(csv, {
        ...common,
        outcome: {
          status: 'pending',
          cause: 'quota_exceeded',
          category: 'quota',
          message: 'Too many have asked',
          notBefore: '2026-11-02T00:00:00.000Z',
        },
      });
    case 'never':
      return attempt(csv, {
        ...common,
        outcome: { ...FAILED, ...GONE, category: 'permission', permanent: true },
      });
    case 'reset':
      await resetDownloadStatus(rowId, type, csv);
      return undefined;
    case 'link': {
      const cells = line.split(',');
      cells[type === 'youtube' ? 4 : 5] =
        type === 'youtube' ? `${LINKS.youtube}?t=${step}` : `${LINKS.drive}?n=${step}`;
      await writeFile(csv, text.replace(line, cells.join(',')));
      return undefined;
    }
    case 'by hand':
      await writeFile(csv, text.replace(line, line.replace(/completed|failed/, 'pending')));
      return undefined;
  }
}

it('a ledger is the same after it was deleted, whatever happened to it', { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { minLength: 1, maxLength: 8 }), async (deeds) => {
      const csv = await csvFile([HEADER, ...IDS.map(lineOf)]);
      for (const [step, each] of deeds.entries()) await act(csv, each, step);
      const before = await known(csv, IDS);
      const cells = await readFile(csv, 'utf8');
      await rebuilt(csv);
      expect(await known(csv, IDS)).toEqual(before);
      expect(await readFile(csv, 'utf8')).toBe(cells);
    }),
    { numRuns: 40 },
  );
});

it('resets are known by the cells where no line tells of them', async () => {
  const csv = await csvFile([HEADER, ...IDS.map(lineOf)]);
  await attempt(csv, { rowId: '1', at: 10, items: [itemOf(1)] });
  await attempt(csv, { rowId: '007', at: 20, items: [itemOf(2)] });
  await resetDownloadStatus('1', 'youtube', csv);
  await known(csv, IDS);
  await rm(join(beside(csv), 'runs', 'changes.log'));
  const cells = await readFile(csv, 'utf8');
  await rebuilt(csv);
  const [row] = await known(csv, IDS);
  expect(row).toMatchObject({ downloads: [{ status: 'pending', files: [], attempts: 0 }] });
  expect(await readFile(csv, 'utf8')).toBe(cells);
});

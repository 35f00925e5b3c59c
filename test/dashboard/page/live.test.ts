import { describe, expect, test } from 'vitest';
import { NOTHING_YET, reduce, type LiveAction } from '../../../src/dashboard/page/connection/live.ts';
import type { Overview } from '../../../src/dashboard/contract.ts';

const none = { pending: 0, downloading: 0, completed: 0, failed: 0, unknown: 0 };
const overview: Overview = {
  csvPath: '/p/people.csv',
  csvName: 'people.csv',
  index: { state: 'ready', version: 3 },
  gone: null,
  totalRows: 13,
  counts: { youtube: none, drive: none },
  run: { state: 'idle', lastRun: null },
  active: [],
  throughputPerHour: null,
  etaSeconds: null,
  disk: { usedBytes: 0, freeBytes: null, files: 0 },
  alerts: [],
  pausedHosts: [],
  store: null,
  recommendations: [],
  lastFailures: [],
};
const trouble = { cause: 'x', message: 'm', nextStep: 'n' };
const after = (...actions: LiveAction[]) => actions.reduce(reduce, NOTHING_YET);

describe('what the page knows', () => {
  test('stays when the server goes away', () => {
    const live = after({ kind: 'opened' }, { kind: 'overview', overview }, { kind: 'dropped' });
    expect(live).toMatchObject({ connection: 'lost', overview, version: 3 });
    expect(reduce(live, { kind: 'opened' }).connection).toBe('open');
  });

  test('an overview brings the state of the index with it', () => {
    expect(after({ kind: 'overview', overview }).index).toEqual({ state: 'ready', version: 3 });
    const building = after(
      { kind: 'overview', overview },
      { kind: 'index', index: { state: 'building', fraction: 0.5 } },
    );
    expect(building).toMatchObject({ version: 3, index: { state: 'building' } });
    expect(after({ kind: 'rows', version: 9 }).version).toBe(9);
  });

  test('a CSV that went away is there again when an overview says so', () => {
    const gone = after({ kind: 'overview', overview }, { kind: 'gone', error: trouble });
    expect(gone).toMatchObject({ gone: trouble, overview });
    expect(reduce(gone, { kind: 'overview', overview: { ...overview, gone: trouble } }).gone).toBe(trouble);
    expect(reduce(gone, { kind: 'overview', overview }).gone).toBeNull();
  });

  test('a refusal is told until the page is let in', () => {
    const refused = after({ kind: 'refused', trouble });
    expect(refused).toMatchObject({ connection: 'lost', refused: trouble });
    expect(reduce(refused, { kind: 'opened' }).refused).toBeNull();
  });
});

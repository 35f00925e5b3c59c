import fc from 'fast-check';
import pc from 'picocolors';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { RunScreen } from '../../../src/cli/display/run-screen.ts';
import type { DownloadType, Failure, Plan, RunEvent, RunTotals, TypePlan } from '../../../src/index.ts';

const colors = pc.createColors(false);
const frame = { columns: 80, rows: 24, colors };

const typePlan = (toFetch: number): TypePlan => ({
  ...{ noLink: 0, malformed: 0, folder: 0, alreadyHere: 0, givenUp: 0, waiting: 0, unusable: 0, skipped: 0 },
  toFetch,
});
const planned = (youtube: number, drive: number): RunEvent => {
  const plan: Plan = {
    ...{ totalRows: youtube + drive, waitingUntil: null, unusable: [] },
    ...{ youtube: typePlan(youtube), drive: typePlan(drive) },
  };
  return { kind: 'planned', runId: 'r', plan, pace: 'polite' };
};
const started = (rowId: string, downloadType: DownloadType = 'drive'): RunEvent => ({
  kind: 'started',
  rowId,
  downloadType,
});
const totals = (done: number, total: number): RunTotals => {
  const one = { done, total, bytesPerSecond: null, etaSeconds: null };
  return { ...one, sources: { youtube: one, drive: one } };
};
const failed = (rowId: string, message: string): RunEvent => {
  const failure: Failure = {
    ...{ rowId, name: '', downloadType: 'drive', line: 1, status: 'failed', cause: 'unknown' },
    ...{ category: 'system', message, nextStep: '', permanent: false, attempts: 1, notBefore: null },
  };
  return { kind: 'failed', failure, totals: totals(1, 9) };
};

function screenAfter(...events: readonly (readonly [RunEvent, number])[]): RunScreen {
  const screen = new RunScreen();
  for (const [event, printed] of events) screen.take(event, printed);
  return screen;
}

describe('the foot of a run', () => {
  it('shows nothing of a source that has nothing to do', () => {
    const screen = screenAfter([planned(0, 4), 0], [started('1'), 0]);
    expect(screen.lines(frame)).toEqual([
      'downloads            ░░░░░░░░░░░░░░░░░░░░░░░░░░░ 0/4',
      '1 Drive              ░░░░░░░░░░░░░░░░░░░░░░░░░░░ starting',
    ]);
  });

  it('says for as long as it lasts that the run was paused from the dashboard', () => {
    const screen = screenAfter([planned(0, 4), 0], [started('1'), 0]);
    screen.take({ kind: 'note', message: 'paused', wish: 'pause' }, 1);
    screen.take({ kind: 'note', message: 'of something else' }, 1);
    expect(screen.lines(frame)[1]).toBe('pausing from the dashboard: resume it there, or Ctrl-C ends it');
    screen.take(failed('1', 'broke'), 1);
    expect(screen.lines(frame)[1]).toBe('paused from the dashboard: resume it there, or Ctrl-C ends it');
    screen.take({ kind: 'note', message: 'goes on', wish: 'run' }, 1);
    expect(screen.lines(frame)).toHaveLength(1);
  });

  it('calls what comes by its name, which does nothing to the terminal', () => {
    const progress = { rowId: '1', downloadType: 'drive' as const, label: 'id', receivedBytes: 5 };
    const screen = screenAfter([planned(0, 4), 0], [started('1'), 0]);
    screen.take(
      {
        ...{ kind: 'progress', totals: totals(0, 4) },
        progress: {
          ...progress,
          ...{ title: '\u001b[2Ja\n\u202eb', totalBytes: 10 },
          bytesPerSecond: 1,
          etaSeconds: 5,
        },
      },
      0,
    );
    expect(screen.lines(frame)[1]).toMatch(/^1 Drive a b +█+░+ 5 B/);
  });

  it('keeps failures in sight once their own lines have scrolled away, the last three', () => {
    const failures = ['a', 'b', 'c', 'd'].map((id) => [failed(id, `broke ${id}`), 1] as const);
    const screen = screenAfter([planned(0, 9), 0], ...failures);
    expect(screen.lines(frame).join('\n')).not.toContain('broke');
    screen.take({ kind: 'note', message: 'x' }, 30);
    expect(screen.lines(frame).slice(1)).toEqual([
      'failed b Drive: broke b',
      'failed c Drive: broke c',
      'failed d Drive: broke d',
    ]);
    expect(screen.lines(frame)[0]).toContain('1/9  4 failed');
  });

  it('says how many more there are than the terminal has lines', () => {
    const screen = screenAfter(
      [planned(0, 50), 0],
      ...[...Array(50).keys()].map((n) => [started(`r${n}`), 0] as const),
    );
    const lines = screen.lines({ ...frame, rows: 10 });
    expect(lines).toHaveLength(8);
    expect(lines.at(-1)).toBe('and 44 more');
  });

  it('fits every terminal, whatever it shows', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constantFrom('日本語'.repeat(40), '\u001B[2J', ''),
    );
    const event = fc.oneof(
      text.map((id) => started(id)),
      fc.tuple(text, text).map(([id, message]) => failed(id, message)),
      fc
        .record({ id: text, received: fc.nat(), total: fc.option(fc.nat()), speed: fc.option(fc.nat()) })
        .map(({ id, received, total, speed }): RunEvent => ({
          kind: 'progress',
          progress: {
            ...{ rowId: id, downloadType: 'drive', label: 'x', receivedBytes: received },
            ...{ totalBytes: total, bytesPerSecond: speed, etaSeconds: speed },
          },
          totals: totals(1, 2),
        })),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(event, fc.nat(5)), { maxLength: 60 }),
        fc.integer({ min: 30, max: 300 }),
        fc.integer({ min: 1, max: 60 }),
        (events, columns, rows) => {
          const screen = screenAfter([planned(3, 4), 0], ...events);
          const lines = screen.lines({ columns, rows, colors });
          expect(lines.length).toBeLessThanOrEqual(Math.max(rows - 1, 1));
          for (const line of lines) {
            expect(stringWidth(line)).toBeLessThanOrEqual(columns);
            expect(line).not.toMatch(/\p{Cc}/u);
          }
        },
      ),
    );
  });
});

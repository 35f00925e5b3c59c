import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Cause,
  CAUSES,
  ErrorCategory as C,
  ErrorHandler,
  ErrorSeverity as S,
  RowtrailError,
} from '../../src/errors/index.ts';

const handler = new ErrorHandler();
const causes = Object.keys(CAUSES) as Cause[];
const of = (cause: Cause) => handler.handleError(new RowtrailError(cause, 'it failed'));
const bare = (category: C, severity: S = S.ERROR) => ({ category, severity });

describe('shouldRetry', () => {
  it('retries network errors and rate limits until the attempts are used up', () => {
    for (const cause of ['connection_failed', 'timeout', 'too_many_requests', 'bot_check'] as const) {
      expect([0, 1, 2, 3, 4].map((attempts) => handler.shouldRetry(of(cause), attempts))).toEqual([
        ...[true, true, true],
        ...[false, false],
      ]);
      expect(handler.shouldRetry(of(cause), 4, 5)).toBe(true);
      expect(handler.shouldRetry(of(cause), 0, 0)).toBe(false);
    }
  });

  it('never retries validation, permission, data corruption and critical errors', () => {
    for (const cause of causes) {
      const { category, severity } = CAUSES[cause];
      const never: readonly string[] = [C.VALIDATION, C.PERMISSION, C.DATA_CORRUPTION];
      if (!never.includes(category) && severity !== S.CRITICAL) continue;
      expect([0, 1, 2].map((attempts) => handler.shouldRetry(of(cause), attempts, 10))).toEqual([
        ...[false, false, false],
      ]);
    }
  });

  it('leaves a quota to a later run', () => {
    expect(handler.shouldRetry(of('quota_exceeded'), 1)).toBe(false);
  });

  it('retries file and system errors once, but not a full disk nor a denied access', () => {
    const once = ['write_failed', 'file_missing', 'link_loop', 'csv_not_writable', 'ytdlp_failed'] as const;
    for (const cause of [...once, 'unknown'] as const)
      expect([1, 2].map((attempts) => handler.shouldRetry(of(cause), attempts))).toEqual([true, false]);
    for (const cause of ['disk_full', 'access_denied', 'ytdlp_missing', 'locked', 'interrupted'] as const)
      expect(handler.shouldRetry(of(cause), 1)).toBe(false);
  });

  it('agrees with the verdict of every cause', () => {
    for (const cause of causes) {
      const { verdict, category } = CAUSES[cause];
      const retried = handler.shouldRetry(of(cause), 1);
      expect([cause, retried]).toEqual([cause, verdict === 'again' || category === C.RATE_LIMIT]);
      expect(handler.shouldRetry(of(cause), 1)).toBe(CAUSES[cause].retry !== 'no');
    }
  });

  it('judges a context without a verdict by category and severity', () => {
    expect(Object.values(C).filter((category) => handler.shouldRetry(bare(category), 1))).toEqual([
      ...[C.NETWORK, C.FILE_IO, C.RATE_LIMIT, C.SYSTEM],
    ]);
    expect(Object.values(C).filter((category) => handler.shouldRetry(bare(category), 2))).toEqual([
      ...[C.NETWORK, C.RATE_LIMIT],
    ]);
    for (const category of Object.values(C))
      expect(handler.shouldRetry(bare(category, S.CRITICAL), 1)).toBe(false);
  });

  it('ends with odd counts, too', () => {
    expect(handler.shouldRetry(of('timeout'), Number.NaN)).toBe(false);
    expect(handler.shouldRetry(of('timeout'), Infinity)).toBe(false);
    expect(handler.shouldRetry(of('timeout'), -5)).toBe(true);
  });
});

describe('getRetryDelay', () => {
  const delays = (category: C, upTo: number) =>
    Array.from({ length: upTo }, (_, n) => handler.getRetryDelay(bare(category), n + 1));

  it('doubles for rate limits, up to 60 seconds', () => {
    expect(delays(C.RATE_LIMIT, 8)).toEqual([2, 4, 8, 16, 32, 60, 60, 60]);
  });

  it('grows for network errors, up to 30 seconds', () => {
    expect(delays(C.NETWORK, 8)).toEqual([5, 10, 15, 20, 25, 30, 30, 30]);
  });

  it('is linear for others', () => {
    const others = [C.FILE_IO, C.VALIDATION, C.PERMISSION, C.QUOTA, C.SYSTEM, C.DATA_CORRUPTION];
    for (const category of others) expect(delays(category, 5)).toEqual([2, 4, 6, 8, 10]);
  });

  it('is positive, finite, the same again, and never shrinks, for any number of attempts', () => {
    const anyNumber = fc.oneof(
      fc.integer(),
      fc.maxSafeInteger(),
      fc.constantFrom(0, -1, 1e9, Number.MAX_VALUE, -Infinity, Infinity, Number.NaN),
    );
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(C)), anyNumber, (category, attempts) => {
        const delay = handler.getRetryDelay(bare(category), attempts);
        expect(Number.isFinite(delay)).toBe(true);
        expect(delay).toBeGreaterThan(0);
        expect(delay).toBeLessThanOrEqual({ rate_limit: 60, network: 30 }[category as string] ?? 3600);
        expect(handler.getRetryDelay(bare(category), attempts)).toBe(delay);
        expect(handler.getRetryDelay(bare(category), attempts + 1)).toBeGreaterThanOrEqual(delay);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('what it handled', () => {
  it('is counted by category, severity and cause', () => {
    const counting = new ErrorHandler();
    expect(counting.counts).toEqual({ total: 0, byCategory: {}, bySeverity: {}, byCause: {} });
    for (const cause of ['timeout', 'timeout', 'disk_full'] as const)
      counting.handleError(new RowtrailError(cause, 'it failed'));
    expect(counting.counts).toEqual({
      total: 3,
      byCategory: { network: 2, file_io: 1 },
      bySeverity: { error: 2, critical: 1 },
      byCause: { timeout: 2, disk_full: 1 },
    });
  });

  it('is kept, the newest 100, the newest first', () => {
    let id = 0;
    const keeping = new ErrorHandler({ newId: () => String(++id), clock: () => new Date(id * 1000) });
    for (let at = 0; at < 250; at++) keeping.handleError(new Error('again'));
    const kept = keeping.recentErrors;
    expect(kept).toHaveLength(100);
    expect([kept[0]?.errorId, kept[99]?.errorId]).toEqual(['250', '151']);
    expect(keeping.counts.total).toBe(250);
  });

  it('has an id of its own each time, and the time', () => {
    const before = Date.now();
    const ids = new Set(Array.from({ length: 50 }, () => new ErrorHandler().handleError('x').errorId));
    expect(ids.size).toBe(50);
    const { timestamp } = new ErrorHandler().handleError('x');
    expect(Date.parse(timestamp)).toBeGreaterThanOrEqual(before);
    expect(timestamp).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });
});

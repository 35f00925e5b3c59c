import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import {
  type Cause,
  CAUSES,
  ErrorCategory,
  type ErrorContext,
  ErrorHandler,
  ErrorSeverity,
  RowtrailError,
  toErrorDict,
} from '../../src/index.ts';
import { coverChapter } from './chapter.ts';

coverChapter('error-handling');

const handler = new ErrorHandler();
const handled = (cause: Cause) => handler.handleError(new RowtrailError(cause, 'made for a test'));
const severityOf = (cause: Cause) => handled(cause).severity;
const categoryOf = (cause: Cause) => handled(cause).category;
const ofCategory = (category: ErrorCategory) =>
  (Object.keys(CAUSES) as Cause[]).filter((cause) => CAUSES[cause].category === category);
const delays = (cause: Cause) =>
  [1, 2, 3, 4, 5, 6, 7, 8].map((n) => handler.getRetryDelay(handled(cause), n));

/** What Node itself throws for a file that is not there, with everything that is known about it. */
async function context(): Promise<ErrorContext> {
  const error: unknown = await readFile('/nowhere/at/all').catch((thrown: unknown) => thrown);
  return handler.handleError(error, {
    rowId: '007',
    downloadType: 'drive',
    url: 'https://drive.google.com/file/d/1234567890/view',
    filePath: '/nowhere/at/all',
  });
}

const SNAKE = [
  ...['error_id', 'severity', 'category', 'cause', 'verdict', 'next_step', 'message', 'details', 'row_id'],
  ...['download_type', 'url', 'file_path', 'line', 'column', 'timestamp', 'stack_trace'],
];

it('ErrorSeverity.INFO: ErrorSeverity.INFO', () => {
  expect(ErrorSeverity.INFO).toBe('info');
  expect(severityOf('no_captions')).toBe(ErrorSeverity.INFO);
});
it('ErrorSeverity.WARNING: ErrorSeverity.WARNING', () => {
  expect(ErrorSeverity.WARNING).toBe('warning');
  expect(severityOf('too_many_requests')).toBe(ErrorSeverity.WARNING);
});
it('ErrorSeverity.ERROR: ErrorSeverity.ERROR', () => {
  expect(ErrorSeverity.ERROR).toBe('error');
  expect(severityOf('connection_failed')).toBe(ErrorSeverity.ERROR);
});
it('ErrorSeverity.CRITICAL: ErrorSeverity.CRITICAL', () => {
  expect(ErrorSeverity.CRITICAL).toBe('critical');
  expect(severityOf('disk_full')).toBe(ErrorSeverity.CRITICAL);
  expect(Object.keys(ErrorSeverity)).toEqual(['INFO', 'WARNING', 'ERROR', 'CRITICAL']);
});

it('ErrorCategory.NETWORK: ErrorCategory.NETWORK', () => {
  expect(ErrorCategory.NETWORK).toBe('network');
  for (const cause of ['connection_failed', 'timeout', 'dns_failed', 'tls_failed'] as const)
    expect(categoryOf(cause)).toBe(ErrorCategory.NETWORK);
});
it('ErrorCategory.FILE_IO: ErrorCategory.FILE_IO', async () => {
  expect(ErrorCategory.FILE_IO).toBe('file_io');
  expect((await context()).category).toBe(ErrorCategory.FILE_IO);
});
it('ErrorCategory.VALIDATION: ErrorCategory.VALIDATION', () => {
  expect(ErrorCategory.VALIDATION).toBe('validation');
  expect(categoryOf('csv_invalid')).toBe(ErrorCategory.VALIDATION);
});
it('ErrorCategory.PERMISSION: ErrorCategory.PERMISSION', () => {
  expect(ErrorCategory.PERMISSION).toBe('permission');
  expect(categoryOf('not_shared')).toBe(ErrorCategory.PERMISSION);
});
it('ErrorCategory.QUOTA: ErrorCategory.QUOTA', () => {
  expect(ErrorCategory.QUOTA).toBe('quota');
  expect(categoryOf('quota_exceeded')).toBe(ErrorCategory.QUOTA);
});
it('ErrorCategory.RATE_LIMIT: ErrorCategory.RATE_LIMIT', () => {
  expect(ErrorCategory.RATE_LIMIT).toBe('rate_limit');
  expect(categoryOf('too_many_requests')).toBe(ErrorCategory.RATE_LIMIT);
});
it('ErrorCategory.SYSTEM: ErrorCategory.SYSTEM', () => {
  expect(ErrorCategory.SYSTEM).toBe('system');
  expect(categoryOf('out_of_memory')).toBe(ErrorCategory.SYSTEM);
});
it('ErrorCategory.DATA_CORRUPTION: ErrorCategory.DATA_CORRUPTION', () => {
  expect(ErrorCategory.DATA_CORRUPTION).toBe('data_corruption');
  expect(categoryOf('hash_mismatch')).toBe(ErrorCategory.DATA_CORRUPTION);
  expect(Object.keys(ErrorCategory)).toHaveLength(8);
});

it('ErrorContext.error_id: ErrorContext.errorId', async () => {
  const [one, other] = [await context(), await context()];
  expect(one.errorId).not.toBe('');
  expect(one.errorId).not.toBe(other.errorId);
});
it('ErrorContext.severity: ErrorContext.severity', async () => {
  expect((await context()).severity).toBe(ErrorSeverity.ERROR);
});
it('ErrorContext.category: ErrorContext.category', async () => {
  expect((await context()).category).toBe(ErrorCategory.FILE_IO);
});
it('ErrorContext.message: ErrorContext.message', async () => {
  expect((await context()).message).toContain('no such file or directory');
  expect(handler.handleError(new Error('ask ada@example.org')).message).not.toContain('ada@example.org');
});
it('ErrorContext.details = None: ErrorContext.details', async () => {
  expect((await context()).details).toContain('ENOENT');
  expect(handler.handleError(new Error('plain')).details).toBeNull();
});
it('ErrorContext.row_id = None: ErrorContext.rowId', async () => {
  expect((await context()).rowId).toBe('007');
  expect(handler.handleError(new Error('plain')).rowId).toBeNull();
});
it('ErrorContext.download_type = None: ErrorContext.downloadType', async () => {
  expect((await context()).downloadType).toBe('drive');
  expect(handler.handleError(new Error('plain')).downloadType).toBeNull();
});
it('ErrorContext.url = None: ErrorContext.url', async () => {
  expect((await context()).url).toBe('https://drive.google.com/file/d/1234567890/view');
  expect(handler.handleError(new Error('plain')).url).toBeNull();
});
it('ErrorContext.file_path = None: ErrorContext.filePath', async () => {
  expect((await context()).filePath).toBe('/nowhere/at/all');
  expect(handler.handleError(new Error('plain')).filePath).toBeNull();
});
it('ErrorContext.timestamp: ErrorContext.timestamp', async () => {
  const { timestamp } = await context();
  expect(new Date(timestamp).toISOString()).toBe(timestamp);
  expect(Math.abs(Date.parse(timestamp) - Date.now())).toBeLessThan(60_000);
});
it('ErrorContext.stack_trace = None: ErrorContext.stackTrace', () => {
  expect(handler.handleError(new Error('plain')).stackTrace).toContain('error-handling.test.ts');
  expect(handler.handleError('only a word').stackTrace).toBeNull();
});

it('handle_error(error, context) -> ErrorContext: ErrorHandler#handleError(error, origin)', async () => {
  const made = await context();
  expect(Object.keys(toErrorDict(made))).toEqual(SNAKE);
  expect(Object.keys(made)).toEqual(
    SNAKE.map((key) => key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())),
  );
});
it('handle_error(context=None): ErrorHandler#handleError(error)', () => {
  expect(handler.handleError(new Error('plain'))).toMatchObject({
    message: 'plain',
    category: ErrorCategory.SYSTEM,
    severity: ErrorSeverity.ERROR,
    rowId: null,
    filePath: null,
  });
});

it('should_retry(error_context, attempt_count, max_attempts): ErrorHandler#shouldRetry(context, attemptCount, maxAttempts)', () => {
  const broken = handled('connection_failed');
  expect([1, 4, 5, 6].map((attempts) => handler.shouldRetry(broken, attempts, 5))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(handler.shouldRetry(broken, 1, 1)).toBe(false);
});
it('should_retry(max_attempts=3): ErrorHandler#shouldRetry(context, attemptCount)', () => {
  const broken = handled('connection_failed');
  expect([1, 2, 3, 4].map((attempts) => handler.shouldRetry(broken, attempts))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
it('should_retry: network errors: ErrorHandler#shouldRetry', () => {
  for (const cause of ofCategory(ErrorCategory.NETWORK))
    expect(handler.shouldRetry(handled(cause), 1)).toBe(true);
});
it('should_retry: rate limits: ErrorHandler#shouldRetry', () => {
  for (const cause of ofCategory(ErrorCategory.RATE_LIMIT))
    expect(handler.shouldRetry(handled(cause), 1)).toBe(true);
});
it('should_retry: not validation errors: ErrorHandler#shouldRetry', () => {
  for (const cause of ofCategory(ErrorCategory.VALIDATION))
    expect(handler.shouldRetry(handled(cause), 1)).toBe(false);
});
it('should_retry: not permission errors: ErrorHandler#shouldRetry', () => {
  for (const cause of ofCategory(ErrorCategory.PERMISSION))
    expect(handler.shouldRetry(handled(cause), 1)).toBe(false);
});
it('should_retry: not critical system errors: ErrorHandler#shouldRetry', () => {
  const critical = ofCategory(ErrorCategory.SYSTEM).filter(
    (cause) => severityOf(cause) === ErrorSeverity.CRITICAL,
  );
  expect(critical.length).toBeGreaterThan(0);
  for (const cause of critical) expect(handler.shouldRetry(handled(cause), 1)).toBe(false);
  expect([1, 2].map((attempts) => handler.shouldRetry(handled('write_failed'), attempts))).toEqual([
    true,
    false,
  ]);
});

it('get_retry_delay(error_context, attempt_count) -> float: ErrorHandler#getRetryDelay(context, attemptCount)', () => {
  for (const cause of Object.keys(CAUSES) as Cause[]) {
    const seconds = handler.getRetryDelay(handled(cause), 1);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
  }
});
it('get_retry_delay: rate limits double up to 60 s: ErrorHandler#getRetryDelay', () => {
  expect(delays('too_many_requests')).toEqual([2, 4, 8, 16, 32, 60, 60, 60]);
});
it('get_retry_delay: network grows up to 30 s: ErrorHandler#getRetryDelay', () => {
  expect(delays('connection_failed')).toEqual([5, 10, 15, 20, 25, 30, 30, 30]);
});
it('get_retry_delay: others grow evenly: ErrorHandler#getRetryDelay', () => {
  expect(delays('write_failed')).toEqual([2, 4, 6, 8, 10, 12, 14, 16]);
  expect(delays('quota_exceeded')).toEqual([2, 4, 6, 8, 10, 12, 14, 16]);
});

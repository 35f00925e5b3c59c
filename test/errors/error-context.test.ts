import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CAUSES,
  ErrorCategory,
  ErrorHandler,
  ErrorSeverity,
  RowtrailError,
  toErrorContext,
  toErrorDict,
} from '../../src/errors/index.ts';

const clock = () => new Date('2026-11-23T16:00:00Z');
const newId = () => 'id-1';
const contextOf = (error: unknown, origin = {}) => toErrorContext(error, origin, clock, newId);

describe('ErrorContext', () => {
  it('has every field of the API reference, and cause, verdict and next step', () => {
    const error = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' });
    const context = contextOf(error, {
      rowId: '007',
      downloadType: 'drive',
      url: 'https://drive.google.com/file/d/abc/view',
      filePath: '/data/a.pdf',
    });
    expect(context).toEqual({
      errorId: 'id-1',
      severity: 'error',
      category: 'network',
      cause: 'connection_failed',
      verdict: 'again',
      nextStep: CAUSES.connection_failed.nextStep,
      message: 'read ECONNRESET',
      details: '(ECONNRESET, read)',
      rowId: '007',
      downloadType: 'drive',
      url: 'https://drive.google.com/file/d/abc/view',
      filePath: '/data/a.pdf',
      line: null,
      column: null,
      timestamp: '2026-11-23T16:00:00.000Z',
      stackTrace: error.stack,
    });
  });

  it('is printed under the keys of the API reference', () => {
    const context = contextOf(new RowtrailError('csv_invalid', 'bad', { file: 'a.csv', line: 3, column: 7 }));
    expect(toErrorDict(context)).toEqual({
      error_id: 'id-1',
      severity: 'error',
      category: 'validation',
      cause: 'csv_invalid',
      verdict: 'never',
      next_step: CAUSES.csv_invalid.nextStep,
      message: 'a.csv:3:7: bad',
      details: null,
      row_id: null,
      download_type: null,
      url: null,
      file_path: 'a.csv',
      line: 3,
      column: 7,
      timestamp: '2026-11-23T16:00:00.000Z',
      stack_trace: context.stackTrace,
    });
  });

  it('takes the place from the error where its handler names none', () => {
    const error = new RowtrailError('csv_row_gone', 'gone', { file: 'a.csv', line: 2, rowId: '7' });
    expect(contextOf(error)).toMatchObject({ filePath: 'a.csv', line: 2, rowId: '7' });
    expect(contextOf(error, { filePath: 'b.csv', rowId: '8' })).toMatchObject({
      filePath: 'b.csv',
      rowId: '8',
    });
  });

  it('is made of whatever a caller without a type checker says it was about', () => {
    expect(contextOf(new Error('cut'), null as unknown as object)).toMatchObject({ rowId: null, url: null });
    expect(contextOf(new Error('cut'), { rowId: 7, downloadType: null, url: {}, filePath: 3 })).toMatchObject(
      {
        rowId: '7',
        downloadType: null,
        url: null,
        filePath: '3',
      },
    );
  });

  it('keeps the chain beneath, and the evidence, in the details', () => {
    const socket = Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' });
    const fetching = new TypeError('fetch failed', { cause: socket });
    const error = new RowtrailError('connection_failed', 'no answer', {
      error: fetching,
      detail: 'evidence',
    });
    expect(contextOf(error).details?.split('\n')).toEqual([
      'evidence',
      'caused by TypeError: fetch failed',
      'caused by Error (UND_ERR_SOCKET): other side closed',
    ]);
  });

  it('shows no e-mail address, password or token, wherever it stands', () => {
    const error = new Error('no answer from https://u:pw@h.example/?key=SECRET for jane.doe@example.org', {
      cause: new Error('Cookie: SID=SECRET; a=SECRET'),
    });
    const context = contextOf(error, { url: 'https://h.example/x?access_token=SECRET&id=1' });
    expect(JSON.stringify(context)).not.toMatch(/SECRET|u:pw|jane|example\.org/);
    expect(context.url).toBe('https://h.example/x?access_token=[hidden]&id=1');
  });

  it('shows nothing of a person who was thrown', () => {
    const context = contextOf({ name: 'Jane Doe', email: 'jane@example.org', rowId: '7' });
    expect(JSON.stringify(context)).not.toMatch(/Jane|jane/);
    expect(context.message).toBe('something that is no error was thrown');
  });

  it('is bounded, and cuts through no secret', () => {
    const long = `${'x '.repeat(992)}${'y'.repeat(10)} jane.doe@example.org ${'z '.repeat(5_000_000)}`;
    const context = contextOf(new Error(long, { cause: new Error(long) }), { url: long });
    expect(context.message.length).toBeLessThanOrEqual(2000);
    expect(context.details?.length).toBeLessThanOrEqual(8000);
    expect(context.stackTrace?.length).toBeLessThanOrEqual(8000);
    expect(JSON.stringify(context)).not.toMatch(/jane/);
    expect(JSON.stringify(context).length).toBeLessThan(25_000);
  });

  it('shows no half of an address that the cut goes through, although what was hidden before it made room', () => {
    const hidden = `Bearer ${'a'.repeat(1500)}`;
    for (let length = 1480; length < 1530; length++) {
      const context = contextOf(
        new Error(`${hidden} ${'y'.repeat(length)} jane.doe@example.org ${'z '.repeat(5000)}`),
      );
      expect(context.message).not.toMatch(/jan|doe|exam/);
    }
  });

  it.for<[unknown, string]>([
    [null, 'null was thrown'],
    [undefined, 'undefined was thrown'],
    [5, '5 was thrown'],
    [Symbol('odd'), 'Symbol(odd) was thrown'],
    ['plain words', 'plain words'],
    [new RangeError(''), 'RangeError'],
    [Object.assign(new Error(''), { code: 'EIO' }), 'Error EIO'],
    [{ message: 'said' }, 'said'],
    [new AggregateError([new Error('first')], ''), 'first'],
  ])('says of %o: %s', ([thrown, message]) => {
    expect(contextOf(thrown).message).toBe(message);
  });
});

/** Values that bite whoever touches them. */
const hostile = fc.constantFrom<Make>(
  () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  () =>
    new Proxy(new Error('trap'), {
      get() {
        throw new Error('get');
      },
      getPrototypeOf() {
        throw new Error('prototype');
      },
    }),
  () =>
    Object.defineProperties(new Error('getter'), {
      message: {
        get() {
          throw new Error('message');
        },
      },
      cause: { get: () => new Error('ever new', { cause: new Error('deeper') }) },
    }),
  () => Object.assign(Object.create(null) as object, { toString: null, code: {}, status: '429' }),
  () => Object.assign(new Error('lists'), { errors: new Proxy([], {}), code: 5, stack: 7, cause: 'text' }),
  () => Object.create(RowtrailError.prototype) as unknown,
  () => Object.assign(new Error('\uD800 alone'), { syscall: 'x'.repeat(100_000) }),
);

type Make = () => unknown;
const made =
  (value: unknown): Make =>
  () =>
    value;

/** Made within the property: fast-check itself does not survive some of them. */
const junk: fc.Arbitrary<Make> = fc.letrec<{ node: Make }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }).map(made),
    hostile,
    fc.string().map(made),
    fc.tuple(fc.string(), tie('node')).map(
      ([message, cause]): Make =>
        () =>
          new Error(message, { cause: cause() }),
    ),
    fc.array(tie('node'), { maxLength: 4 }).map(
      (errors): Make =>
        () =>
          new AggregateError(errors.map((make) => make())),
    ),
    fc
      .record({ code: fc.anything(), status: fc.anything(), errors: fc.anything(), response: fc.anything() })
      .chain((facts) => tie('node').map((cause): Make => () => ({ ...facts, cause: cause() }))),
  ),
})).node;

it('any junk, however nested, gives a context', () => {
  const handler = new ErrorHandler();
  fc.assert(
    fc.property(junk, (make) => {
      const context = handler.handleError(make());
      expect(Object.keys(CAUSES)).toContain(context.cause);
      expect(Object.values(ErrorCategory)).toContain(context.category);
      expect(Object.values(ErrorSeverity)).toContain(context.severity);
      expect(context.message).not.toBe('');
      expect(context.message.isWellFormed()).toBe(true);
      expect(JSON.parse(JSON.stringify(toErrorDict(context)))).toEqual(toErrorDict(context));
      expect(handler.getRetryDelay(context, 1)).toBeGreaterThan(0);
      expect(typeof handler.shouldRetry(context, 1)).toBe('boolean');
    }),
    { numRuns: 2000 },
  );
});

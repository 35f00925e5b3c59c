import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import pc from 'picocolors';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { renderReport } from '../../src/cli/render/report.ts';
import { table } from '../../src/cli/render/table.ts';
import { textWidth } from '../../src/cli/render/text-width.ts';
import {
  bytesText,
  clockText,
  countText,
  durationText,
  shellWord,
  timeText,
} from '../../src/cli/render/words.ts';
import { cutToWidth, wrapText } from '../../src/cli/render/wrap.ts';
import { openRunDisplay } from '../../src/cli/display/run-display.ts';
import { toSnakeCase } from '../../src/cli/snake-case.ts';
import { processTerminal, safe } from '../../src/cli/terminal.ts';
import {
  DownloadResult,
  type Failure,
  type HostPause,
  type Plan,
  RowContext,
  type RunEvent,
  type TypePlan,
} from '../../src/index.ts';
import { trendOf } from '../../src/monitoring/trend.ts';
import { NOW, reportWith, sample } from '../monitoring/fixtures.ts';

it('a text takes as many columns as its characters do, whatever its script and its colours', () => {
  const colored = fc.string({ unit: 'binary' }).map((text) => pc.createColors(true).red(text));
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), colored),
      (text) => textWidth(text) === stringWidth(text),
    ),
  );
  expect([textWidth('abc'), textWidth('日本'), textWidth(pc.createColors(true).red('e\u0301'))]).toEqual([
    3, 4, 1,
  ]);
});

it('a number is grouped as English readers group it', () => {
  const numbers = fc
    .oneof(fc.integer(), fc.maxSafeInteger(), fc.double({ noDefaultInfinity: true, noNaN: true }))
    .filter((count) => !Object.is(count, -0));
  fc.assert(fc.property(numbers, (count) => countText(count) === count.toLocaleString('en')));
  expect([0, 999, 1000, 1_234_567].map(countText)).toEqual(['0', '999', '1,000', '1,234,567']);
});

describe('a line that is too wide', () => {
  it('is broken between words, the rest indented', () => {
    expect(wrapText('  one two three', { width: 9, indent: '    ' })).toBe('  one two\n    three');
    expect(wrapText('one two', { width: Infinity })).toBe('one two');
  });

  it('keeps a long word whole, and does not count colours', () => {
    expect(wrapText('see https://example.org/very/long now', { width: 10 })).toBe(
      'see\nhttps://example.org/very/long\nnow',
    );
    const red = pc.createColors(true).red('one');
    expect(wrapText(`${red} two`, { width: 7 })).toBe(`${red} two`);
  });

  it('is cut with a mark where it has to be one line, wide characters counted as two', () => {
    expect(cutToWidth('abcdef', 4)).toBe('abc…');
    expect(cutToWidth('日本語', 4)).toBe('日…');
    expect(cutToWidth('ab', 2)).toBe('ab');
    expect(cutToWidth('\u001B[31mab\n', 10)).toBe('ab ');
  });
});

describe('a table', () => {
  const columns = [{ title: 'row_id' }, { title: 'name' }, { title: 'n', right: true }] as const;
  const rows = [
    ['007', '日本', '5'],
    ['1\u001B[2J', 'Ada Lovelace', '12'],
  ];

  it('stands in columns where there is room', () => {
    expect(table(columns, rows)).toBe(
      'row_id  name           n\n007     日本           5\n1       Ada Lovelace  12',
    );
  });

  it('becomes a block for each row where there is none', () => {
    expect(table(columns, rows, { width: 20 })).toBe(
      '007\n  name  日本\n  n     5\n1\n  name  Ada Lovelace\n  n     12',
    );
  });

  it('cuts a cell of megabytes, so that the others are not padded to its width', () => {
    const huge = [
      ['1', 'x\u001B[31m'.repeat(2_000_000), '5'],
      ['2', '日本'.repeat(5_000_000), '6'],
      ['3', 'Ada', '7'],
    ];
    const lines = table(columns, huge).split('\n');
    expect(lines.map((line) => stringWidth(line))).toEqual(lines.map(() => 'row_id  '.length + 200 + 3));
    expect(lines[1]).toMatch(/^1 {7}x+… +5$/);
    const path = `drive_downloads/${'d/'.repeat(1000)}a.mp4`;
    expect(table([{ title: 'row_id' }, { title: 'path' }], [['1', path]])).toContain(path);
  });

  it('takes a hundred thousand rows', () => {
    const many = Array.from({ length: 200_000 }, (_, n) => [String(n), 'x', 'y']);
    expect(table(columns, many).split('\n')).toHaveLength(200_001);
  });
});

describe('words', () => {
  it('for bytes, times and shells', () => {
    expect([0, 999, 1000, 1_450_000, 12_000_000_000].map(bytesText)).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '1.4 MB',
      '12 GB',
    ]);
    expect([0.04, 9.94, 59.4, 200, 7500].map(durationText)).toEqual([
      '0.0 s',
      '9.9 s',
      '59 s',
      '3 min 20 s',
      '2 h 5 min',
    ]);
    expect([0, 59.6, 200, 3800].map(clockText)).toEqual(['0:00', '1:00', '3:20', '1:03:20']);
    const now = new Date(2026, 0, 2, 3, 4);
    expect(timeText(new Date(2026, 0, 2, 14, 5), now)).toBe('14:05');
    expect(timeText(new Date(2026, 0, 3, 14, 5), now)).toBe('2026-01-03 14:05');
    expect(shellWord('a/b.csv')).toBe('a/b.csv');
    expect(shellWord("it's; rm -rf")).toBe(String.raw`'it'\''s; rm -rf'`);
    expect(shellWord('-x.csv')).toBe('./-x.csv');
  });

  it('of foreign text lose everything that drives a terminal', () => {
    expect(safe('a\u001B]8;;http://x\u0007b\u001B[31mc\u009B2Jd\r\n\u202Ee\u0000f')).not.toMatch(
      /[\p{Cc}\u202E]/u,
    );
    expect(safe('Grüße, 日本 ✓')).toBe('Grüße, 日本 ✓');
  });

  it('of JSON are in snake_case, dates in ISO', () => {
    expect(toSnakeCase({ rowId: '1', inner: [{ toFetch: 2 }], at: new Date(0), none: undefined })).toEqual({
      row_id: '1',
      inner: [{ to_fetch: 2 }],
      at: '1970-01-01T00:00:00.000Z',
    });
  });
});

describe('a terminal', () => {
  const stream = (isTTY: boolean, columns = 80) =>
    Object.assign(new PassThrough(), { isTTY, columns, rows: 24 }) as unknown as NodeJS.WriteStream;
  const coloured = (isTTY: boolean, env: NodeJS.ProcessEnv) =>
    processTerminal({ stdout: stream(isTTY), stderr: stream(isTTY) }, env).out.red('x') !== 'x';

  it('has colours where it is one, unless NO_COLOR or TERM says otherwise, and FORCE_COLOR wins elsewhere', () => {
    expect(coloured(true, {})).toBe(true);
    expect(coloured(false, {})).toBe(false);
    expect(coloured(true, { NO_COLOR: '1' })).toBe(false);
    expect(coloured(true, { TERM: 'dumb' })).toBe(false);
    expect(coloured(false, { FORCE_COLOR: '1' })).toBe(true);
    expect(coloured(false, { FORCE_COLOR: '0' })).toBe(false);
  });

  it('has a width only where it is one', () => {
    const { width, interactive } = processTerminal({ stdout: stream(false), stderr: stream(true, 50) }, {});
    expect({ width: { ...width }, interactive }).toEqual({
      width: { out: Infinity, err: 50 },
      interactive: true,
    });
  });

  it('where nobody watches, says how far a run is once a minute', async () => {
    const stderr = stream(false);
    let written = '';
    (stderr as unknown as PassThrough).setEncoding('utf8').on('data', (text: string) => (written += text));
    let now = 0;
    const terminal = processTerminal({ stdout: stream(false), stderr }, { NO_COLOR: '1' });
    const display = await openRunDisplay(terminal, { now: () => now });
    for (const event of eventsOfARun()) display.show(event);
    expect(written).not.toContain('so far');
    now = 60_000;
    for (const event of eventsOfARun()) display.show(event);
    display.close();
    expect(written.match(/^so far .*$/gm)).toEqual(['so far 1/2  500 kB/s  1:00 left']);
  });

  it('shows a run in lines that fit it, and leaves no bar behind', async () => {
    const stderr = stream(true, 50);
    let written = '';
    (stderr as unknown as PassThrough).setEncoding('utf8').on('data', (text: string) => (written += text));
    const display = await openRunDisplay(
      processTerminal({ stdout: stream(true, 50), stderr }, { NO_COLOR: '1' }),
    );
    for (const event of eventsOfARun()) {
      display.show(event);
      await sleep(150);
    }
    display.close();
    await sleep(50);
    const pieces = written.split('\u001B').map((piece) => piece.replace(/^\[[0-9;?]*[A-Za-z]/, ''));
    const lines = pieces.flatMap((piece) => piece.split(/[\n\r]/));
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(50);
    expect(written).toContain('done   1 Drive: ');
    expect(written).toMatch(/failed 2 YouTube: .*…/);
    expect(written).toContain('1.0 MB  500 kB/s  3:20 left');
    expect(written).toMatch(/downloads .* 1\/2 {2}500 kB\/s {2}1:00 left/);
    expect(written).toContain('YouTube is paused until');
    expect(written).toContain('(bot check)');
    expect(written.slice(written.indexOf('resume '))).not.toContain('is paused until');
  });
});

function eventsOfARun(): RunEvent[] {
  const one = { done: 0, total: 1, bytesPerSecond: null, etaSeconds: null };
  const totals = {
    ...{ done: 1, total: 2, bytesPerSecond: 500_000, etaSeconds: 60 },
    sources: { youtube: one, drive: { ...one, bytesPerSecond: 500_000 } },
  };
  const pause: HostPause = {
    ...{ host: 'YouTube', reason: 'refused', cause: 'bot_check', message: '', nextStep: 'Wait.' },
    ...{ since: new Date(), until: new Date(Date.now() + 60_000), waits: true },
  };
  const none: TypePlan = {
    noLink: 0,
    malformed: 0,
    folder: 0,
    alreadyHere: 0,
    givenUp: 0,
    waiting: 0,
    unusable: 0,
    skipped: 0,
    toFetch: 1,
  };
  const plan: Plan = { totalRows: 2, youtube: none, drive: none, waitingUntil: null, unusable: [] };
  const rowContext = new RowContext({ rowId: '1', rowIndex: 0, type: 'T', name: '', email: '' });
  const result = new DownloadResult({
    ...{ success: true, filesDownloaded: ['file_'.repeat(20)], mediaId: 'x', errorMessage: null },
    ...{ metadataFile: null, rowContext },
  });
  const failure: Failure = {
    ...{ rowId: '2', name: '', downloadType: 'youtube', line: 3, status: 'failed', cause: 'unknown' },
    ...{
      category: 'system',
      message: 'word '.repeat(30),
      nextStep: '',
      permanent: false,
      attempts: 1,
      notBefore: null,
    },
  };
  return [
    { kind: 'planned', runId: 'r', plan, pace: 'polite' },
    { kind: 'started', rowId: '1', downloadType: 'drive' },
    { kind: 'started', rowId: '2', downloadType: 'youtube' },
    {
      kind: 'progress',
      progress: {
        ...{ rowId: '1', downloadType: 'drive', label: 'x', receivedBytes: 1_000_000 },
        ...{ totalBytes: 4_000_000, bytesPerSecond: 500_000, etaSeconds: 200 },
      },
      totals,
    },
    { kind: 'paused', pause },
    { kind: 'note', message: 'a note '.repeat(20), rowId: '1' },
    { kind: 'resumed', host: 'YouTube' },
    { kind: 'completed', rowId: '1', downloadType: 'drive', result, totals },
    { kind: 'failed', failure, totals },
  ];
}

it.each([
  [59, 'less than a minute left'],
  [90, 'about 1 min 30 s left'],
])('the report says how long it still takes: %d s', (seconds, words) => {
  const samples = [
    sample(NOW - 60_000, { pending: 60 + seconds, completed: 10 }),
    sample(NOW, { pending: seconds, completed: 70 }),
  ];
  const terminal = processTerminal({ stdout: process.stdout, stderr: process.stderr }, { NO_COLOR: '1' });
  const text = renderReport(reportWith({ trend: trendOf(samples, NOW) }), terminal).replaceAll(/\s+/g, ' ');
  expect(text).toContain(`+60 completed, 0 failed; 3,600 downloads an hour; ${words}`);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytes, count, counted, percent } from '../../../src/dashboard/page/words/numbers.ts';
import { shown, webAddress } from '../../../src/dashboard/page/words/safe-text.ts';
import { ago, duration } from '../../../src/dashboard/page/words/times.ts';

describe('numbers', () => {
  test('bytes have three digits at most, and never a thousand of a unit', () => {
    expect([0, 999, 1000, 999_499, 999_500, 3_421_000, 48.2e9].map(bytes)).toEqual([
      '0 B',
      '999 B',
      '1.00 kB',
      '999 kB',
      '1.00 MB',
      '3.42 MB',
      '48.2 GB',
    ]);
    fc.assert(fc.property(fc.double({ min: 0, max: 9e17, noNaN: true }), (size) => bytes(size).length <= 7));
  });

  test('a percentage is 100 only when all is done and 0 only when nothing is', () => {
    expect(percent(999_999, 1_000_000)).toBe('99 %');
    expect(percent(1, 1_000_000)).toBe('< 1 %');
    expect([percent(0, 5), percent(5, 5), percent(0, 0)]).toEqual(['0 %', '100 %', '0 %']);
  });

  test('one is one and many are many', () => {
    expect([counted(1, 'row'), counted(0, 'row'), counted(1_234_567, 'row'), count(1000)]).toEqual([
      '1 row',
      '0 rows',
      '1,234,567 rows',
      '1,000',
    ]);
  });
});

describe('times', () => {
  test('a duration has two units at most', () => {
    expect([0, 59, 60, 200, 3599, 3600, 7500, 273_600].map(duration)).toEqual([
      '0 s',
      '59 s',
      '1 min',
      '3 min 20 s',
      '59 min',
      '1 h',
      '2 h 5 min',
      '3 d 4 h',
    ]);
  });

  test('nothing happened in the future, and what is no time is nothing', () => {
    const now = Date.parse('2026-11-25T12:00:00Z');
    expect(ago('2026-11-25T12:05:00Z', now)).toBe('just now');
    expect(ago('2026-11-25T11:58:30Z', now)).toBe('1 min ago');
    expect(ago('2026-11-24T11:00:00Z', now)).toBe('yesterday');
    expect(ago('soon', now)).toBe('');
  });
});

describe('text from outside', () => {
  test('shows its control characters and turns nothing round', () => {
    expect(shown('a\u0000b\u001b[31mc\u202ed\u0085\u2028e\tf\ng')).toBe('a␀b␛[31mc\ufffdd\ufffd\ufffde f g');
  });

  test('is cut, whole in its characters and harmless, whatever it is', () => {
    const text = fc.string({
      unit: fc.oneof(fc.constantFrom('\ud83d', '\u202e', '\u0007', '<'), fc.string()),
    });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 50 }), (given, longest) => {
        const found = shown(given, longest);
        expect(found.length).toBeLessThanOrEqual(longest);
        expect(found.isWellFormed()).toBe(true);
        expect(found).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });

  test('is a link only when it leads to the web', () => {
    expect(webAddress(' https://youtu.be/x ')).toBe('https://youtu.be/x');
    for (const text of ['javascript:alert(1)', 'data:text/html,x', 'youtu.be/x', '', '-'])
      expect(webAddress(text)).toBeNull();
  });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { barText } from '../../src/cli/render/bar-text.ts';
import { sparkline, thinned } from '../../src/cli/render/sparkline.ts';

const bar = (parts: readonly number[], width = 10) => barText(parts, width, []);

it('a bar is full only when all is done, and a part that is there is seen', () => {
  expect(bar([0])).toBe('░░░░░░░░░░');
  expect(bar([0.001])).toBe('█░░░░░░░░░');
  expect(bar([0.999])).toBe('█████████░');
  expect(bar([1])).toBe('██████████');
  expect(bar([0.5, 0.25])).toBe('█████▓▓░░░');
  expect(bar([0.999, 0.001])).toBe('█████████▓');
});

it('a bar has its width, whatever the parts', () => {
  const parts = fc.array(fc.nat(1000), { minLength: 1, maxLength: 3 }).map((counts) => {
    const sum = counts.reduce((all, count) => all + count, 1);
    return counts.map((count) => count / sum);
  });
  fc.assert(
    fc.property(parts, fc.integer({ min: 1, max: 100 }), (each, width) => {
      expect(bar(each, width)).toHaveLength(width);
    }),
  );
});

it('a curve goes from its lowest to its highest, and a flat one stays flat', () => {
  expect(sparkline([0, 7, 14])).toBe('▁▅█');
  expect(sparkline([5, 5])).toBe('▁▁');
  expect(sparkline([])).toBe('');
  expect(thinned([1, 2, 3, 4, 5], 3)).toEqual([1, 3, 5]);
  expect(thinned([1, 2], 3)).toEqual([1, 2]);
});

const BLOCKS = ['█', '▓', '▒'] as const;
const EMPTY = '░';

/**
 * A bar of so many columns whose parts stand one behind the other. A part that is not nothing is seen, and one that is not all
 * leaves something: a bar is full only when everything is done. Without colours the parts differ by their shade. Pure.
 * @param parts fractions, together at most 1
 * @param paints a colour for each part
 */
export function barText(
  parts: readonly number[],
  width: number,
  paints: readonly ((text: string) => string)[],
): string {
  const sizes = sizesOf(parts, width);
  const drawn = sizes.map((size, at) => (paints[at] ?? plain)((BLOCKS[at] ?? EMPTY).repeat(size)));
  const rest = width - sizes.reduce((sum, size) => sum + size, 0);
  return drawn.join('') + EMPTY.repeat(rest);
}

const plain = (text: string) => text;

/**
 * Columns of each part: one for whatever is there, and the others in proportion. Ends are rounded, not lengths, so that all parts
 * and what is left fill the bar.
 */
function sizesOf(parts: readonly number[], width: number): readonly number[] {
  const left = 1 - parts.reduce((sum, part) => sum + part, 0);
  const seen = [...parts, left].filter((part) => part > ROUNDING).length;
  const spare = Math.max(width - seen, 0);
  const sizes: number[] = [];
  let [end, used] = [0, 0];
  for (const part of parts) {
    const from = Math.round(end * spare);
    end = Math.min(end + part, 1);
    const size = part > ROUNDING ? Math.min(1 + Math.round(end * spare) - from, width - used) : 0;
    sizes.push(size);
    used += size;
  }
  return sizes;
}

/** What a sum of fractions is wrong by. */
const ROUNDING = 1e-9;

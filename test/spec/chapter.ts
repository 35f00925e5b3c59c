import { expect, it } from 'vitest';
import { type Chapter, REFERENCE } from './reference.ts';

type Reference = typeof REFERENCE;
type LineOf<Name extends keyof Reference> = keyof Reference[Name]['lines'] & string;

/** The reference's words, and ours. */
function titleOf(line: string, ours: string): string {
  return `${line}: ${ours.replaceAll('`', '')}`;
}

/**
 * A chapter of the API reference. What it gives back makes the title of a line's test; a line that has none by the end of
 * the file fails.
 */
export function chapter<Name extends keyof Reference>(name: Name) {
  const { lines }: Chapter = REFERENCE[name];
  const missing = new Set(Object.keys(lines));
  it(`${name}: every line of the reference has a test`, () => {
    expect([...missing]).toEqual([]);
  });
  return (line: LineOf<Name>): string => {
    const facts = lines[line];
    if (facts === undefined || !missing.delete(line)) throw new Error(`two tests for ${line}`);
    return titleOf(line, facts.ours);
  };
}

import { expect, it } from 'vitest';
import { type Chapter, REFERENCE } from './reference.ts';

type Reference = typeof REFERENCE;
type LineOf<Name extends keyof Reference> = keyof Reference[Name]['lines'] & string;

/** The title of a line's test: the reference's words, and ours. */
export function titleOf(line: string, ours: string): string {
  return `${line}: ${ours.replaceAll('`', '')}`;
}

/**
 * A chapter of the API reference. What it gives back makes the test of one line, or of several that one thing shows; a line
 * that gets none by the end of the file fails.
 */
export function chapter<Name extends keyof Reference>(name: Name) {
  const { lines }: Chapter = REFERENCE[name];
  const missing = new Set(Object.keys(lines));
  it(`${name}: every line of the reference has a test`, () => {
    expect([...missing]).toEqual([]);
  });
  return (line: LineOf<Name>, test: () => void | Promise<void>): void => {
    const facts = lines[line];
    if (facts === undefined || !missing.delete(line)) throw new Error(`two tests for ${line}`);
    it(titleOf(line, facts.ours), test);
  };
}

import { expect, it } from 'vitest';
import { type Chapter, REFERENCE } from './reference.ts';

/** The title of a line's test: the reference's words, and ours. */
function titleOf(line: string, ours: string): string {
  return `${line}: ${ours.replaceAll('`', '')}`;
}

/** Makes the test file it is called in fail when a line of the chapter has no test in it, or a test belongs to no line. */
export function coverChapter(name: keyof typeof REFERENCE): void {
  it('every line of the chapter has a test, and every test a line', ({ task }) => {
    const { lines }: Chapter = REFERENCE[name];
    const titles = task.file.tasks.map((each) => each.name).filter((title) => title !== task.name);
    expect(titles.toSorted()).toEqual(
      Object.entries(lines)
        .map(([line, { ours }]) => titleOf(line, ours))
        .toSorted(),
    );
  });
}

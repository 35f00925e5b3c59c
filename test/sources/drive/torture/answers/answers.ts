import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { live } from './live.ts';
import { aStory } from './story.ts';

/** Stories wait most of their time: so many are lived at once. */
const LANES = 16;

/**
 * Lives through random stories of answers.
 * @param folder an empty folder
 * @param options `stories` how many; `seed` repeats them; `onStory` is told after each
 * @throws Error with the smallest stories that were found to go wrong, and the seeds and paths that repeat them
 */
export async function fuzzAnswers(
  folder: string,
  { stories, seed, onStory = () => {} }: { stories: number; seed: number; onStory?: () => void },
): Promise<void> {
  const lanes = Math.min(LANES, stories);
  const property = fc.asyncProperty(aStory, async (story) => {
    const own = await mkdtemp(join(folder, 'story-'));
    await live(story, own);
    await rm(own, { recursive: true });
    onStory();
  });
  const ends = await Promise.allSettled(
    Array.from({ length: lanes }, (_, lane) =>
      fc.assert(property, { numRuns: Math.ceil(stories / lanes), seed: seed + lane }),
    ),
  );
  const errors = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as Error] : []));
  const [first] = errors;
  if (first !== undefined)
    throw new Error(errors.map(({ message, cause }) => `${message}\n${String(cause)}`).join('\n\n'), {
      cause: first,
    });
}

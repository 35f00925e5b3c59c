import { describe, expect, it } from 'vitest';
import { planDownloads, runWorkflow, type WorkflowOptions } from '../../src/index.ts';
import { csvFile } from '../tracker/fixtures.ts';

describe.each([
  ['runWorkflow', runWorkflow],
  ['planDownloads', planDownloads],
])('an option of %s', (_, call) => {
  it.each([
    ['max_youtube', 'maxYoutube'],
    ['skipYouTube', 'skipYoutube'],
    ['retryAttempt', 'retryAttempts'],
  ])('that is none is refused with the one that was meant: %s', async (name, meant) => {
    const options: WorkflowOptions = { [name]: 1 };
    await expect(call(await csvFile(), options)).rejects.toMatchObject({
      code: 'usage',
      message: `there is no option "${name}", did you mean ${meant}?`,
    });
  });

  it('that is like none is refused with all that there are', async () => {
    const name: string = 'verbose';
    const options: WorkflowOptions = { [name]: true };
    await expect(call(await csvFile(), options)).rejects.toThrow(/"verbose"; there are youtubeDir, .*clock$/);
  });
});

import { expect, it } from 'vitest';
import { tempFolder } from '../../support/temp-folder.ts';
import { fuzzAnswers, fuzzGoogle } from './torture/answers/answers.ts';

const SEED = 20_261;

it('stores nothing but whole files, and gives none up, whatever a host answers', async () => {
  await expect(fuzzAnswers(await tempFolder(), { stories: 320, seed: SEED })).resolves.toBeUndefined();
});

it("stores nothing but a link's own files, and gives none up, whatever Google's pages and API answer", async () => {
  await expect(fuzzGoogle(await tempFolder(), { stories: 96, seed: SEED })).resolves.toBeUndefined();
});

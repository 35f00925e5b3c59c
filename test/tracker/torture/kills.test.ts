import { expect, it } from 'vitest';
import { tempFolder } from '../../support/temp-folder.ts';
import { killAgainAndAgain } from './kills.ts';

it(
  'forty processes that are killed while they report leave the CSV whole, every acknowledged result in it and nothing behind',
  { timeout: 900_000 },
  async () => {
    const seed = Date.now() % 1_000_000;
    const statistics = await killAgainAndAgain({ folder: await tempFolder(), kills: 40, rows: 20_000, seed });
    expect(statistics.kills).toBe(40);
    // Else the processes died before they did anything, and nothing was shown.
    expect(statistics.acknowledged).toBeGreaterThan(0);
  },
);

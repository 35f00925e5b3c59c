import { expect, it } from 'vitest';
import { tempFolder } from '../../support/temp-folder.ts';
import { reportWhileSomebodySaves } from './concurrency.ts';

it('four processes report while a person saves the CSV in every way: nothing is lost, nothing is on another row', async () => {
  const statistics = await reportWhileSomebodySaves({
    folder: await tempFolder(),
    processes: 4,
    updatesEach: 100,
    rows: 500,
    editorPause: 450,
    limitMs: 90_000,
  });
  expect(statistics.updates).toBe(400);
  // Else nobody edited anything meanwhile.
  expect(statistics.saves).toBeGreaterThan(2);
});

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openRunLog } from '../../src/workflow/reporting/run-log.ts';
import { tempFolder } from '../support/temp-folder.ts';

it('the newest hundred logs are kept, and nothing else in their folder is touched', async () => {
  const folder = join(await tempFolder(), 'runs');
  await mkdir(folder);
  const nameOf = (run: number) => `2026-11-${String(run).padStart(3, '0')}-aaaa`;
  for (let run = 0; run < 120; run++) await writeFile(join(folder, `${nameOf(run)}.log`), 'old');
  await writeFile(join(folder, 'mine.txt'), 'mine');
  const log = await openRunLog(folder, nameOf(120));
  await log.close();
  const names = (await readdir(folder)).toSorted();
  expect(names).toEqual([...Array.from({ length: 100 }, (_, at) => `${nameOf(at + 21)}.log`), 'mine.txt']);
});

it('what is told of after the log was closed is not written, and is no error', async () => {
  const log = await openRunLog(join(await tempFolder(), 'runs'), '2026-11-001-aaaa');
  log.write({ kind: 'note', message: 'in time' });
  await log.close();
  log.write({ kind: 'note', message: 'too late' });
  // Longer than lines are gathered: what is thrown then is nobody's to catch, and fails this test.
  await sleep(50);
  const text = await readFile(log.path, 'utf8');
  expect(text).toContain('in time');
  expect(text).not.toContain('too late');
});

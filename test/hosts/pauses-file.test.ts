import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type HostPause, readPauses, writePauses } from '../../src/hosts/index.ts';
import { tempFolder } from '../support/temp-folder.ts';

const NOW = Date.parse('2026-11-20T10:00:00.000Z');
const pause = (host: string, seconds: number): HostPause => ({
  host,
  reason: 'refused',
  cause: 'bot_check',
  message: 'Are you a bot?',
  nextStep: 'Wait.',
  since: new Date(NOW),
  until: new Date(NOW + seconds * 1000),
  waits: true,
});

it('what was noted of paused hosts is read again, without what is over', async () => {
  const file = join(await tempFolder(), 'made', 'paused-hosts.json');
  const [long, short] = [pause('YouTube', 600), pause('Google Drive', 60)];
  await writePauses(file, [long, short]);
  expect(await readPauses(file, NOW)).toEqual([long, short]);
  expect(await readPauses(file, NOW + 60_000)).toEqual([long]);
  await writePauses(file, []);
  expect(await readdir(join(file, '..'))).toEqual([]);
  expect(await readPauses(file, NOW)).toEqual([]);
});

it.each([['{'], ['{"format":2,"pauses":[]}'], ['{"format":1,"pauses":[{"host":1}]}']])(
  'a file that holds %s counts as no pauses',
  async (text) => {
    const file = join(await tempFolder(), 'paused-hosts.json');
    await writeFile(file, text);
    expect(await readPauses(file, NOW)).toEqual([]);
  },
);

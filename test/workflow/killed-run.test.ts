import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { listProcesses } from '../../src/sources/processes/index.ts';
import { runCli, startCli } from '../support/cli.ts';
import { startTestInternet } from '../support/internet.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { readCells } from '../tracker/fixtures.ts';

const ROWS = 8;
const KILLS = 10;

let internet: Internet;
beforeAll(async () => {
  internet = await startTestInternet();
});
afterAll(() => internet.close());

/** Processes that mention the folder, without this one. */
async function leftIn(folder: string): Promise<string[]> {
  const processes = await listProcesses();
  return processes
    .filter(({ pid, commandLine }) => pid !== process.pid && commandLine.includes(folder))
    .map(({ commandLine }) => commandLine);
}

it(
  'a run that is killed ten times at random leaves the CSV whole and no process, and fetches nothing twice that was complete',
  { timeout: 300_000 },
  async () => {
    const folder = await tempFolder();
    const csv = join(folder, 'people.csv');
    const lines = Array.from({ length: ROWS }, (_, n) => {
      const id = `killed-${String(n).padStart(4, '0')}`;
      internet.youtube.addVideo({ id, captions: [{ lang: 'en', text: `row ${n}` }] });
      const file = internet.drive.addFile({
        id: `kill-drive-${n}-file`,
        name: `file-${n}.bin`,
        body: { size: 400_000, seed: n },
      });
      file.faults.download = { bytesPerSecond: 400_000 };
      return `${n},Name ${n},n${n}@example.org,T #${n},https://youtu.be/${id},https://drive.google.com/file/d/${file.id}/view,"mine, ${n}"`;
    });
    await writeFile(
      csv,
      ['row_id,name,email,type,youtube_playlist,google_drive,mine', ...lines]
        .map((line) => `${line}\r\n`)
        .join(''),
    );
    const own = (text: string) =>
      text
        .split('\r\n')
        .slice(1, -1)
        .map((line) => line.split(',').slice(0, 8).join(','));
    const before = own(await readFile(csv, 'utf8'));
    const args = [
      'run',
      'people.csv',
      '--proxy',
      internet.proxyUrl,
      '--ca-cert',
      internet.caCertFile,
      '--pace',
      'off',
    ];

    const complete = new Set<string>();
    for (let kill = 0; kill < KILLS; kill++) {
      const asked = internet.requests.length;
      const { child, result } = startCli(args, { cwd: folder });
      await sleep(600 + Math.random() * 2000);
      child.kill('SIGKILL');
      await result;
      await expect.poll(() => leftIn(folder), { interval: 50 }).toEqual([]);

      expect(own(await readFile(csv, 'utf8'))).toEqual(before);
      const rows = await readCells(csv);
      expect(rows).toHaveLength(ROWS);
      const fetched = internet.requests
        .slice(asked)
        .map(({ path, query }) => query.get('id') ?? query.get('v') ?? path);
      for (const key of complete) expect(fetched).not.toContain(key);
      for (const [n, row] of rows.entries()) {
        if (row['youtube_status'] === 'completed') complete.add(`killed-${String(n).padStart(4, '0')}`);
        if (row['drive_status'] === 'completed') complete.add(`kill-drive-${n}-file`);
      }
    }

    const last = await runCli(args, { cwd: folder });
    expect(last.stderr + last.stdout).not.toMatch(/^error/m);
    expect(last.code).toBe(0);
    for (const row of await readCells(csv)) {
      expect(row).toMatchObject({ youtube_status: 'completed', drive_status: 'completed' });
      for (const [column, dir] of [
        ['youtube_files', 'youtube_downloads'],
        ['drive_files', 'drive_downloads'],
      ] as const) {
        for (const file of (row[column] ?? '').split(','))
          expect(await readdir(join(folder, dir))).toContain(file);
      }
    }
    // Nothing unlisted is kept: each listed file, its sidecar, and no staging.
    for (const [dir, column] of [
      ['youtube_downloads', 'youtube_files'],
      ['drive_downloads', 'drive_files'],
    ] as const) {
      const listed = (await readCells(csv)).flatMap((row) => (row[column] ?? '').split(','));
      const there = (await readdir(join(folder, dir))).filter((name) => !name.endsWith('_metadata.json'));
      expect(there.toSorted()).toEqual(listed.toSorted());
    }
    expect(await leftIn(folder)).toEqual([]);
  },
);

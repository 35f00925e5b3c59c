import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { listProcesses } from '../../src/sources/processes/index.ts';
import { type CliResult, runCli, startCli } from '../support/cli.ts';
import { startTestInternet } from '../support/internet.ts';
import { readCells } from '../tracker/fixtures.ts';
import { type Desk, desk, driveLink, HEADER, reach, youtubeLink } from './fixtures.ts';

let internet: Internet;
beforeAll(async () => {
  internet = await startTestInternet();
  internet.youtube.addVideo({
    id: 'stop-slow-v',
    paddingBytes: 2_000_000,
    faults: { media: { bytesPerSecond: 20_000 } },
  });
  internet.drive.addFile({ id: 'stop-fast-1', name: 'fast.txt', body: 'fast' });
  internet.drive.addFile({
    id: 'stop-slow-1',
    name: 'slow.bin',
    body: { size: 2_000_000, seed: 1 },
    faults: { download: { bytesPerSecond: 5_000 } },
  });
});
afterAll(() => internet.close());

/** A run with one finished download and two that are under way. */
async function running(): Promise<
  Desk & { readonly child: ReturnType<typeof startCli>['child']; readonly result: Promise<CliResult> }
> {
  const work = await desk(
    [
      HEADER,
      `1,A,a@x,T,,${driveLink('stop-fast-1')}`,
      `2,B,b@x,T,${youtubeLink('stop-slow-v')},${driveLink('stop-slow-1')}`,
    ],
    reach(internet),
  );
  const asked = internet.requests.length;
  const started = startCli(['run', 'people.csv'], { cwd: work.folder, env: reach(internet) });
  let said = '';
  started.child.stderr?.on('data', (text: string) => (said += text));
  const underWay = () => {
    const since = internet.requests.slice(asked);
    return (
      said.includes('done   1 Drive') &&
      since.some(({ path }) => path === '/videoplayback') &&
      since.some(({ path, query }) => path === '/download' && query.get('id') === 'stop-slow-1')
    );
  };
  await expect.poll(underWay, { timeout: 60_000, interval: 20 }).toBe(true);
  await sleep(300);
  return { ...work, ...started };
}

const processesOf = async (folder: string) =>
  (await listProcesses())
    .filter(({ commandLine }) => commandLine.includes(folder))
    .map(({ commandLine }) => commandLine);

it.for(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s ends a run with 130: what was done is in the CSV, the rest is pending, no process is left, and the next run completes it',
  async (signal) => {
    const { folder, csv, child, result } = await running();
    const began = Date.now();
    child.kill(signal);
    const { code, stdout, stderr } = await result;
    expect(code).toBe(130);
    // What is under way would take three times as long.
    expect(Date.now() - began).toBeLessThan(30_000);
    expect(stderr).toContain('Stopping');
    expect(stdout).toContain('Stopped; 1 download completed, nothing is lost.');
    expect(stdout).toContain('Next: rowtrail run people.csv (it continues where it stopped)');
    expect(await readCells(csv)).toMatchObject([
      { drive_status: 'completed', drive_files: 'fast_row1_T.txt' },
      {
        youtube_status: 'pending',
        drive_status: 'pending',
        youtube_files: '',
        drive_files: '',
        download_errors: '',
      },
    ]);
    expect(await processesOf(folder)).toEqual([]);
    if (signal !== 'SIGINT') return;

    const video = internet.youtube.videos.get('stop-slow-v');
    const file = internet.drive.files.get('stop-slow-1');
    const [media, download] = [video?.faults.media, file?.faults.download];
    if (video) delete video.faults.media;
    if (file) delete file.faults.download;
    const asked = internet.requests.length;
    expect((await runCli(['run', 'people.csv'], { cwd: folder, env: reach(internet) })).code).toBe(0);
    if (video && media) video.faults.media = media;
    if (file && download) file.faults.download = download;
    expect(internet.requests.slice(asked).map(({ query }) => query.get('id'))).not.toContain('stop-fast-1');
    expect((await readdir(join(folder, 'drive_downloads'))).filter((name) => name.startsWith('.'))).toEqual(
      [],
    );
  },
);

it('a second Ctrl-C ends it at once; the next command makes the CSV good and no process stays', async () => {
  const { folder, csv, child, result, rowtrail } = await running();
  child.kill('SIGINT');
  child.kill('SIGINT');
  await sleep(5);
  child.kill('SIGINT');
  const { code } = await result;
  expect(code).toBe(130);
  await expect.poll(() => processesOf(folder)).toEqual([]);
  await rowtrail('status', 'people.csv');
  expect(await readCells(csv)).toMatchObject([
    { drive_status: 'completed' },
    { youtube_status: 'pending', drive_status: 'pending' },
  ]);
});

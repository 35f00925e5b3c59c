import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Internet } from '../../../src/demo/internet/index.ts';
import { listProcesses } from '../../../src/sources/processes/index.ts';
import {
  downloadYoutubeWithContext,
  endIdleWorkers,
  reapOrphansIn,
} from '../../../src/sources/youtube/index.ts';
import { startTestInternet } from '../../support/internet.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { outcomes, removeStandalone, row, standaloneYtDlp, SUFFIX, through } from './loopback.ts';

const PROGRAM = fileURLToPath(new URL('slow-download.ts', import.meta.url));

type Video = ReturnType<Internet['youtube']['addVideo']>;

let internet: Internet;
let dir: string;
let ytDlp: string | undefined;

beforeAll(async () => {
  internet = await startTestInternet();
});
afterAll(async () => {
  await removeStandalone();
  await internet.close();
});
beforeEach(async () => {
  dir = await tempFolder();
});

/** A video of a megabyte that takes half a minute. */
function slowVideo(): Video {
  return internet.youtube.addVideo({
    itags: [18],
    paddingBytes: 1_000_000,
    faults: { media: { bytesPerSecond: 30_000 } },
  });
}

/** Starts a download in a process of its own. */
function startDownload(id: string): ChildProcess {
  const args = [`youtu.be/${id}`, dir, internet.proxyUrl, internet.caCertFile, ytDlp ?? ''];
  return spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Waits until a started download has so many bytes, which are more than a buffer holds. */
async function arrived(program: ChildProcess, bytes = 60_000): Promise<void> {
  for await (const chunk of program.stdout ?? []) {
    const received = [...String(chunk).matchAll(/received (\d+)/g)].map((match) => Number(match[1]));
    if (received.some((count) => count >= bytes)) return;
  }
}

/** Children of a process, by their group: those that it started, and those at work in the download folder. */
async function atWork({ pid }: { readonly pid?: number | undefined }): Promise<readonly number[]> {
  const children = (await listProcesses()).filter(
    ({ commandLine }) =>
      commandLine.includes(`rowtrail-${pid}-`) || commandLine.includes(`${dir}/.rowtrail-staging`),
  );
  return children.map(({ group }) => group);
}

const guardianOf = async ({ pid }: ChildProcess) =>
  (await listProcesses()).find(
    ({ parent, commandLine }) => parent === pid && commandLine.includes('guardian-main'),
  );

/** Waits until something is so; the test's own time limit ends it otherwise. */
async function until(so: () => Promise<boolean>): Promise<void> {
  while (!(await so())) await sleep(20);
}

async function kill(program: ChildProcess): Promise<void> {
  const exit = once(program, 'exit');
  program.kill('SIGKILL');
  await exit;
}

/** Fetches the rest at full speed and says from which byte. */
async function fetchRest(video: Video): Promise<number> {
  video.faults = {};
  const before = internet.requests.length;
  const result = await downloadYoutubeWithContext(`youtu.be/${video.id}`, row, {
    ...through(internet, dir),
    tools: { ytDlp },
  });
  expect(outcomes(result)[0]).toBe('video: ok');
  expect((await readdir(dir)).toSorted()).toEqual([
    `${video.id}${SUFFIX}.mp4`,
    `${video.id}${SUFFIX}_metadata.json`,
  ]);
  const media = internet.requests.slice(before).find(({ path }) => path === '/videoplayback');
  return Number(/^bytes=(\d+)-/.exec(media?.headers.range ?? '')?.[1] ?? 0);
}

describe.each([
  ['workers', async () => undefined],
  ['a process for each job', standaloneYtDlp],
])('with %s', (_, engine) => {
  beforeAll(async () => {
    await endIdleWorkers();
    ytDlp = await engine();
  });

  describe('a download that is aborted', () => {
    it('ends at once with all its processes, and the next one continues it', async () => {
      const video = slowVideo();
      const controller = new AbortController();
      const download = downloadYoutubeWithContext(`youtu.be/${video.id}`, row, {
        ...through(internet, dir),
        tools: { ytDlp },
        signal: controller.signal,
        onProgress: ({ receivedBytes }) => {
          if (receivedBytes > 20_000) controller.abort(new Error('enough'));
        },
      });
      await expect(download).rejects.toMatchObject({ name: 'AbortError' });
      expect(await atWork(process)).toEqual([]);
      expect(await readdir(dir)).toEqual(['.rowtrail-staging']);
      expect(await fetchRest(video)).toBeGreaterThan(10_000);
    });

    it('before it begins contacts no host', async () => {
      const before = internet.requests.length;
      const options = { ...through(internet, dir), tools: { ytDlp }, signal: AbortSignal.abort() };
      await expect(downloadYoutubeWithContext('youtu.be/aaaaaaaaaaa', row, options)).rejects.toMatchObject({
        name: 'AbortError',
      });
      expect(internet.requests.length).toBe(before);
      expect(await readdir(dir)).toEqual([]);
    });
  });

  describe('a process that is killed with kill -9', () => {
    it('leaves no child behind, and the next download continues', async () => {
      const video = slowVideo();
      const program = startDownload(video.id);
      await arrived(program);
      const guardian = await guardianOf(program);
      expect(await atWork(program)).not.toEqual([]);
      expect(guardian).toBeDefined();
      await kill(program);
      await until(async () => (await atWork(program)).length === 0);
      await until(async () => !(await listProcesses()).some(({ pid }) => pid === guardian?.pid));
      expect(await fetchRest(video)).toBeGreaterThan(10_000);
    });

    it('together with its guardian has its children reaped by the next download', async () => {
      const video = internet.youtube.addVideo({ itags: [18], faults: { media: { latencyMs: 60_000 } } });
      const program = startDownload(video.id);
      const before = internet.requests.length;
      await until(async () => internet.requests.slice(before).some(({ path }) => path === '/videoplayback'));
      const guardian = await guardianOf(program);
      process.kill(guardian?.pid ?? 0, 'SIGKILL');
      expect(await atWork(program)).not.toEqual([]);
      await kill(program);
      // A worker sees its stdin end; a process of its own does not notice, and is reaped.
      const endsByItself = ytDlp === undefined;
      if (endsByItself) await until(async () => (await atWork(program)).length === 0);
      expect((await atWork(program)).length).toBe(endsByItself ? 0 : 1);
      await fetchRest(video);
      expect(await atWork(program)).toEqual([]);
    });

    it('at any moment of its start leaves no child behind', async () => {
      const { id } = slowVideo();
      for (const wait of [150, 250, 350, 450, 600]) {
        const program = startDownload(id);
        await sleep(wait);
        await kill(program);
        await sleep(500);
        await expect.poll(() => atWork(program)).toEqual([]);
      }
    });
  });

  describe('reaping', () => {
    it('leaves the children of a living process alone', async () => {
      const program = startDownload(slowVideo().id);
      try {
        await arrived(program, 1);
        expect(await reapOrphansIn(dir)).toBe(0);
        expect(await atWork(program)).not.toEqual([]);
        expect(await reapOrphansIn(join(dir, 'another'))).toBe(0);
      } finally {
        await kill(program);
        await until(async () => (await atWork(program)).length === 0);
      }
    });
  });
});

import { copyFile, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { locateFfmpeg, type RunEvent, type RunSummary, runWorkflow } from '../index.ts';
import { addExampleWorld, EXPECTED_FAILURES } from './example-world.ts';
import { startInternet } from './internet/index.ts';

export interface DemoOptions {
  /** Where the demo's folder is made (default: the working directory). */
  readonly cwd?: string;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: RunEvent) => void;
  /** Told the folder and the settings before the run begins. */
  readonly onReady?: (ready: {
    readonly folder: string;
    readonly proxy: string;
    readonly caCert: string;
  }) => void;
}

export interface DemoResult {
  readonly summary: RunSummary;
  readonly folder: string;
  readonly csvPath: string;
  /** `row_id type` of downloads that came out otherwise than the example means them to; empty when all is well. */
  readonly unexpected: readonly string[];
}

const EXAMPLE = fileURLToPath(new URL('../../examples/people.csv', import.meta.url));

/**
 * A whole run for a first look: the example CSV in a new folder `rowtrail-demo-N`, worked off by the real pipeline (real
 * yt-dlp, ffmpeg, TLS through a proxy, an extra certificate authority) against a YouTube and a Drive on loopback.
 * @throws RowtrailError when yt-dlp or ffmpeg is missing.
 */
export async function runDemo({
  cwd = '.',
  signal,
  onEvent,
  onReady,
}: DemoOptions = {}): Promise<DemoResult> {
  const ffmpeg = await locateFfmpeg();
  const folder = await newFolder(resolve(cwd));
  const csvPath = join(folder, 'people.csv');
  await copyFile(EXAMPLE, csvPath);
  await using internet = await startInternet({ ffmpeg: ffmpeg.path });
  addExampleWorld(internet);
  onReady?.({ folder, proxy: internet.proxyUrl, caCert: internet.caCertFile });
  const summary = await runWorkflow(csvPath, {
    youtubeDir: join(folder, 'youtube_downloads'),
    driveDir: join(folder, 'drive_downloads'),
    proxy: internet.proxyUrl,
    caCert: internet.caCertFile,
    pace: 'off',
    maxWait: 0,
    signal,
    onEvent,
  });
  return { summary, folder, csvPath, unexpected: unexpectedOf(summary) };
}

async function newFolder(cwd: string): Promise<string> {
  for (let n = 1; ; n++) {
    const folder = join(cwd, `rowtrail-demo-${n}`);
    try {
      await mkdir(folder);
      return folder;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
}

function unexpectedOf({ failures, youtube, drive }: RunSummary): string[] {
  const found = new Map(
    failures.map(({ rowId, downloadType, cause }) => [`${rowId} ${downloadType}`, cause]),
  );
  const wrong = [...found].filter(([key, cause]) => EXPECTED_FAILURES.get(key) !== cause).map(([key]) => key);
  const missing = [...EXPECTED_FAILURES.keys()].filter((key) => !found.has(key));
  const left = youtube.left + drive.left > 0 ? ['downloads that were not tried'] : [];
  return [...wrong, ...missing, ...left];
}

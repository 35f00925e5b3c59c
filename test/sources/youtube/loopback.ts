import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openHosts, policies } from '../../../src/hosts/index.ts';
import { RowContext } from '../../../src/row/index.ts';
import type { DownloadResult } from '../../../src/row/index.ts';
import type { Internet } from '../../../src/demo/internet/index.ts';
import { locateYtDlp, type YoutubeOptions } from '../../../src/sources/youtube/index.ts';

export const row = new RowContext({
  rowId: '007',
  rowIndex: 3,
  type: 'FF-Fi/Se-CP/B(S) #4',
  name: 'Ada',
  email: 'ada@example.org',
});

/** The end of every file name of that row. */
export const SUFFIX = '_row007_FF-Fi-Se-CP-BS_num4';

/** Options that lead through the loopback internet into a folder. */
export function through(internet: Internet, outputDir: string): YoutubeOptions {
  return {
    outputDir,
    network: { proxy: internet.proxyUrl, caCertFile: internet.caCertFile },
    pace: 'off',
    // Its own: a host that refused another test is not paused for this one.
    hosts: openHosts({ policyOf: policies('off', Infinity) }),
    retries: 1,
  };
}

/** Each item as `kind: ok` or `kind: cause`, in order. */
export function outcomes({ items = [] }: DownloadResult): readonly string[] {
  return items.map(({ kind, failure }) => `${kind}: ${failure?.cause ?? 'ok'}`);
}

let standalone: Promise<string> | null = null;

/** A yt-dlp that cannot be imported, as the official standalone executables: each job is a process of its own then. */
export async function standaloneYtDlp(): Promise<string> {
  standalone ??= makeStandalone();
  return join(await standalone, 'yt-dlp');
}

async function makeStandalone(): Promise<string> {
  const { path } = await locateYtDlp();
  const folder = await mkdtemp(join(tmpdir(), 'rowtrail-standalone-'));
  await writeFile(join(folder, 'yt-dlp'), `#!/bin/sh\nexec '${path}' "$@"\n`, { mode: 0o755 });
  return folder;
}

export async function removeStandalone(): Promise<void> {
  if (standalone !== null) await rm(await standalone, { recursive: true, force: true });
  standalone = null;
}

import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Internet } from '../../src/demo/internet/index.ts';
import { type CliResult, runCli, startCli } from '../support/cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

export const HEADER = 'row_id,name,email,type,youtube_playlist,google_drive';
export const TRACKED_HEADER = `${HEADER},youtube_status,youtube_files,youtube_media_id,drive_status,drive_files,drive_media_id,last_download_attempt,download_errors`;

/** A folder with a CSV in it, and a command line that works there. */
export interface Desk {
  readonly folder: string;
  readonly csv: string;
  /** Runs rowtrail in the folder; the CSV is `people.csv`. */
  readonly rowtrail: (...args: readonly string[]) => Promise<CliResult>;
}

/** @param content lines, or the bytes of the whole file. */
export async function desk(
  content: readonly string[] | Buffer | null,
  env: Readonly<Record<string, string>> = {},
): Promise<Desk> {
  const folder = await tempFolder();
  const csv = join(folder, 'people.csv');
  if (content !== null) {
    await writeFile(csv, Buffer.isBuffer(content) ? content : content.map((line) => `${line}\r\n`).join(''));
  }
  return { folder, csv, rowtrail: (...args) => runCli(args, { cwd: folder, env }) };
}

/** Runs rowtrail as somebody for whom permissions count: root loses the capability to pass over them. */
export function asOrdinaryUser(args: readonly string[], cwd: string): Promise<CliResult> {
  const asRoot = process.getuid?.() === 0;
  const drop = ['setpriv', '--bounding-set', '-dac_override,-dac_read_search', '--'];
  return startCli(args, { cwd, ...(asRoot ? { through: drop } : {}) }).result;
}

/** The settings of somebody whose internet is this one. */
export function reach({ proxyUrl, caCertFile }: Internet): Readonly<Record<string, string>> {
  return { ROWTRAIL_PROXY: proxyUrl, ROWTRAIL_CA_CERT: caCertFile, ROWTRAIL_PACE: 'off' };
}

export const youtubeLink = (id: string) => `https://youtu.be/${id}`;
export const driveLink = (id: string) => `https://drive.google.com/file/d/${id}/view`;

export async function hashOf(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}

/** What was printed with `--json`. */
export function json({ stdout }: CliResult): unknown {
  return JSON.parse(stdout);
}

/** Every key of a JSON value, at any depth. */
export function keysOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(keysOf);
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...keysOf(inner)]);
}

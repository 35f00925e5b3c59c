import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from './run-command.js';

/** @typedef {import('./tool-places.js').Environment} Environment */

const ID = 'selftest-01';
/** A video as yt-dlp itself would write it down; nothing of it is fetched. */
const VIDEO = {
  id: ID,
  title: 'A self-test',
  extractor: 'youtube',
  extractor_key: 'Youtube',
  webpage_url: `https://www.youtube.com/watch?v=${ID}`,
  formats: [
    {
      format_id: '18',
      url: 'https://127.0.0.1/none.mp4',
      ext: 'mp4',
      protocol: 'https',
      vcodec: 'avc1.42001E',
      acodec: 'mp4a.40.2',
    },
  ],
};

/**
 * Tries a yt-dlp before it is put to use: it has to start, to be the release that it should be, and to choose a format of a
 * video as a download does. The network is not needed.
 * @param {string} program its path
 * @param {string} version what it should call itself
 * @param {Environment} env
 * @throws {Error} it does not do one of these
 */
export async function tryYtDlp(program, version, env) {
  const started = await runCommand([program, '--ignore-config', '--version'], { env, timeoutMs: 60_000 });
  if (!started.ok) throw new Error(`yt-dlp ${version} does not start on this machine: ${started.output}`);
  if (!started.output.split('\n').includes(version))
    throw new Error(`yt-dlp ${version} calls itself "${started.output.slice(0, 40)}"`);
  const folder = await mkdtemp(join(tmpdir(), 'rowtrail-setup-'));
  try {
    const video = join(folder, 'video.json');
    await writeFile(video, JSON.stringify(VIDEO));
    const { ok, output } = await runCommand(
      [
        ...[program, '--ignore-config', '--no-update', '--load-info-json', video],
        ...['--simulate', '--format', '18', '--print', '%(id)s %(format_id)s'],
      ],
      { env, timeoutMs: 60_000 },
    );
    if (!ok || !output.split('\n').includes(`${ID} 18`))
      throw new Error(`yt-dlp ${version} fails its self-test on this machine: ${output.slice(-300)}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import { openUrl, redirectTarget } from './open-url.js';
import { runCommand } from './run-command.js';
import { toolFolder } from './tool-places.js';
import { tryYtDlp } from './try-yt-dlp.js';
import {
  installedReleases,
  RELEASE_NAME,
  releaseProgram,
  releasesFolder,
  useRelease,
} from './yt-dlp-releases.js';

/** @typedef {import('./tool-places.js').Environment} Environment */
/** @typedef {{ env: Environment, idleMs: number }} Network */

const RELEASES = 'https://github.com/yt-dlp/yt-dlp/releases';
const SUMS = 'SHA2-256SUMS';

/** Far above any release; what is longer is not one. */
const MAX_BYTES = 200 * 1024 * 1024;

/** A download that a crash left behind is cleared by the next one after this time. */
const LEFT_BEHIND_MS = 60 * 60 * 1000;

const PYTHON_OF_ZIPAPP = 'import sys; sys.exit(sys.version_info < (3, 10))';

/**
 * Which file of a release runs on a machine: the small zip application where a Python runs it, else the platform's
 * standalone executable.
 * @param {{ platform: string, arch: string, musl: boolean, python: boolean }} machine `python`: 3.10 or newer is there
 * @returns {string | null} null where there is none
 */
export function releaseFile({ platform, arch, musl, python }) {
  if (python) return 'yt-dlp';
  if (platform === 'darwin') return 'yt-dlp_macos';
  const suffix = { x64: '', arm64: '_aarch64' }[arch];
  if (platform !== 'linux' || suffix === undefined) return null;
  return `yt-dlp_${musl ? 'musllinux' : 'linux'}${suffix}`;
}

/**
 * The SHA-256 of a file in the text that sha256sum prints.
 * @param {string} sums
 * @param {string} file
 * @returns {string | null} 64 hexadecimal digits, or null where the file is not listed
 */
export function publishedSum(sums, file) {
  const lines = sums.split('\n').map((line) => /^([0-9a-f]{64}) [ *](\S+)\s*$/.exec(line));
  return lines.find((match) => match?.[2] === file)?.[1] ?? null;
}

/**
 * Brings an official yt-dlp for this person, beside the releases that are here, and switches to it. It is checked against its
 * published SHA-256 and tried before it gets its name; until the switch, which is one step, the one in use stays in use. A crash
 * leaves nothing but a temporary file, which a later call clears. Calls at the same time do no harm: the last one wins. A release that
 * is here already was checked when it came, and is not fetched again.
 * @param {{ env: Environment, version?: string | undefined, idleMs?: number, platform?: string, arch?: string, releases?: string }} options
 *   `version`: a release's name, the newest one by default; `idleMs`: how long a silent network is waited for; `releases`: address
 *   of the project's releases
 * @returns {Promise<{ path: string, version: string, file: string | null }>} `file`: what was fetched; null where nothing was
 * @throws {Error} the network does not reach it, the checksum differs, or it does not work here; what is in use stays
 */
export async function installYtDlpRelease({
  env,
  version,
  idleMs = 5000,
  platform = process.platform,
  arch = process.arch,
  releases = RELEASES,
}) {
  if (version !== undefined && !RELEASE_NAME.test(version))
    throw new Error(`"${version}" is not the name of a release, such as 2026.08.19`);
  const network = { env, idleMs };
  const tag = version ?? (await newestRelease(releases, network));
  const isHere = (await installedReleases(env)).includes(tag);
  const file = isHere ? null : await fetchRelease(tag, { network, platform, arch, releases });
  await useRelease(tag, env);
  return { path: join(toolFolder(env), 'yt-dlp'), version: tag, file };
}

/**
 * @param {string} releases
 * @param {Network} network
 */
async function newestRelease(releases, network) {
  const latest = await redirectTarget(`${releases}/latest`, network);
  const tag = latest.pathname.split('/').at(-1) ?? '';
  if (!RELEASE_NAME.test(tag)) throw new Error(`${latest.host} names no release`);
  return tag;
}

/**
 * Puts a release beside the others.
 * @param {string} tag
 * @param {{ network: Network, platform: string, arch: string, releases: string }} from
 * @returns {Promise<string>} the name of the release's file that fits this machine
 */
async function fetchRelease(tag, { network, platform, arch, releases }) {
  const { env } = network;
  const { ok: python } = await runCommand(['python3', '-c', PYTHON_OF_ZIPAPP], { env, timeoutMs: 10_000 });
  const file = releaseFile({ platform, arch, musl: usesMusl(), python });
  if (file === null) throw new Error(`there is no official yt-dlp for ${platform} on ${arch}`);

  const release = `${releases}/download/${tag}`;
  const sum = publishedSum(await text(await openUrl(`${release}/${SUMS}`, network)), file);
  if (sum === null) throw new Error(`${SUMS} of yt-dlp ${tag} does not list ${file}`);

  const folder = releasesFolder(env);
  await mkdir(folder, { recursive: true });
  await clearLeftBehind(folder);
  const part = join(folder, `.yt-dlp-${randomUUID()}.part`);
  try {
    const arrived = await download(`${release}/${file}`, part, network);
    if (arrived !== sum)
      throw new Error(`the SHA-256 of ${file} ${tag} is not the published one: not installed`);
    await chmod(part, 0o755);
    await tryYtDlp(part, tag, env);
    await mkdir(join(folder, tag), { recursive: true });
    await rename(part, releaseProgram(tag, env));
    return file;
  } finally {
    await rm(part, { force: true });
  }
}

/**
 * @param {string} address
 * @param {string} path
 * @param {Network} network
 * @returns {Promise<string>} the SHA-256 of what arrived
 */
async function download(address, path, network) {
  const hash = createHash('sha256');
  let bytes = 0;
  const measure = new Transform({
    transform(chunk, _encoding, done) {
      bytes += chunk.length;
      hash.update(chunk);
      done(bytes > MAX_BYTES ? new Error('what arrives is too long for yt-dlp') : null, chunk);
    },
  });
  await pipeline(
    await openUrl(address, network),
    measure,
    createWriteStream(path, { flags: 'wx', flush: true }),
  );
  return hash.digest('hex');
}

/** @param {string} folder */
async function clearLeftBehind(folder) {
  const parts = (await readdir(folder)).filter((name) => /^\.yt-dlp-.*\.part$/.test(name));
  for (const part of parts.map((name) => join(folder, name))) {
    const facts = await stat(part).catch(() => null);
    if (facts !== null && Date.now() - facts.mtimeMs > LEFT_BEHIND_MS) await rm(part, { force: true });
  }
}

function usesMusl() {
  if (process.platform !== 'linux' || !process.report) return false;
  const { header } = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  return header.glibcVersionRuntime === undefined;
}

import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { type Cause, type DownloadType, resetDownloadStatus } from '../../src/index.ts';
import { reach } from '../cli/fixtures.ts';
import { runCli } from '../support/cli.ts';
import { smallDisk } from '../tracker/torture/full-disk.ts';
import { fileLink, plantFine, plantFineVideo, videoLink } from './plantings.ts';

/** Where `rowtrail run` is started: a folder whose CSV has one row that links to something. */
export interface Place {
  readonly internet: Internet;
  readonly folder: string;
  readonly csv: string;
}

/** How it is started there. */
export interface Start {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly through?: readonly string[];
}

/** Something that goes wrong with whatever is downloaded here. */
export interface Surrounding {
  readonly cause: Cause;
  readonly type: DownloadType;
  readonly plant: (internet: Internet, n: number) => string;
  /** Null where this machine does not let it be provoked. */
  readonly start?: (place: Place) => Promise<Start | null>;
}

const fine = { drive: plantFine, youtube: plantFineVideo } as const;
const around = (cause: Cause, type: DownloadType, start: Surrounding['start'] & {}): Surrounding => ({
  cause,
  type,
  plant: fine[type],
  start,
});
const given =
  (...args: readonly string[]) =>
  () =>
    Promise.resolve({ args });

/** A proxy that answers every request so. @returns its address */
async function proxyThatAnswers(status: string): Promise<string> {
  const proxy = createServer(
    (_request, response) => void response.writeHead(Number(status.slice(0, 3))).end(),
  );
  proxy.on('connect', (_request, socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void proxy.close());
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}

/** The address of a proxy that is not there any more. */
async function closedPort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

const noProxy = async () => ({ args: ['--proxy', await closedPort()] });
const proxySays = (status: string) => async () => ({ args: ['--proxy', await proxyThatAnswers(status)] });
const unknownName = given('--proxy', 'http://no-such-host.invalid:8080');
/** The certificates of this machine, and not that of the loopback internet. */
const untrusted = ({ internet }: Place) =>
  Promise.resolve({ env: { ROWTRAIL_CA_CERT: '', ROWTRAIL_PROXY: internet.proxyUrl } });

/** A yt-dlp that says its version and does this for everything else. */
const ytDlpThat =
  (does: string) =>
  async ({ folder }: Place) => {
    const path = join(folder, 'yt-dlp');
    await writeFile(path, `#!/bin/sh\n[ "$1" = --version ] && { echo 2026.01.01; exit 0; }\n${does}\n`);
    await chmod(path, 0o755);
    return { env: { ROWTRAIL_YT_DLP: path } };
  };

/** Below a folder that may be written, so that a run tries at all. */
async function lockedStaging({ folder }: Place): Promise<Start> {
  const locked = join(folder, 'locked', '.rowtrail-staging');
  await mkdir(locked, { recursive: true });
  await chmod(locked, 0o555);
  const asRoot = process.getuid?.() === 0;
  const drop = ['setpriv', '--bounding-set', '-dac_override,-dac_read_search', '--'];
  return {
    args: ['--drive-dir', 'locked', '--youtube-dir', 'locked'],
    ...(asRoot ? { through: drop } : {}),
  };
}

async function fullDisk({ folder }: Place): Promise<Start | null> {
  const disk = join(folder, 'disk');
  await mkdir(disk);
  const through = smallDisk(disk);
  return through === null ? null : { args: ['--drive-dir', 'disk'], through };
}

/** Files may grow to 2,000 blocks, of 512 bytes or of 1,024 as the shell pleases. */
const smallFiles = () => Promise.resolve({ through: ['sh', '-c', 'ulimit -S -f 2000; exec "$@"', 'sh'] });

/** The file is here, with a metadata file of a later rowtrail, and is to be fetched once more. */
async function sidecarOfTheFuture({ internet, folder, csv }: Place): Promise<Start> {
  await runCli(['run', 'people.csv'], { cwd: folder, env: reach(internet) });
  const drive = join(folder, 'drive_downloads');
  const [name = ''] = (await readdir(drive)).filter((each) => each.endsWith('_metadata.json'));
  const sidecar = await readFile(join(drive, name), 'utf8');
  await writeFile(join(drive, name), sidecar.replace(/"format_version": *\d+/, '"format_version": 999'));
  await resetDownloadStatus('1', 'drive', csv);
  return {};
}

const turnedAway = (cause: Cause, plant: Surrounding['plant'], type: DownloadType): Surrounding => ({
  cause,
  type,
  plant,
  start: given('--max-wait', '1s'),
});
const videoThat =
  (options: Parameters<Internet['youtube']['addVideo']>[0]): Surrounding['plant'] =>
  ({ youtube }, n) =>
    videoLink(youtube.addVideo({ ...options, id: `around-${String(n).padStart(4, '0')}` }).id);
const fileThat =
  (options: Parameters<Internet['drive']['addFile']>[0]): Surrounding['plant'] =>
  ({ drive }, n) =>
    fileLink(drive.addFile({ ...options, id: `around-file-${n}`, name: `${n}.bin` }).id);
const bigFile = fileThat({ body: { size: 8_000_000, seed: 3 } });

/** Failures that come from where and how rowtrail is started, or from a host that turns us away as a whole. */
export const SURROUNDINGS: Readonly<Record<string, Surrounding>> = {
  'a proxy that is not there, for a file': around('proxy_refused', 'drive', noProxy),
  'cookies whose session YouTube ended': {
    cause: 'cookies_expired',
    type: 'youtube',
    plant: ({ youtube }, n) =>
      videoLink(youtube.addVideo({ id: `ended-${String(n).padStart(5, '0')}`, behaviour: 'age' }).id),
    start: async ({ internet, folder }) => {
      const cookies = ['LOGIN_INFO', 'SAPISID', '__Secure-3PAPISID'].map(
        (name) => `.youtube.com\tTRUE\t/\tTRUE\t2000000000\t${name}\tvalue\n`,
      );
      await writeFile(join(folder, 'cookies.txt'), `# Netscape HTTP Cookie File\n${cookies.join('')}`);
      internet.youtube.endsSessions = true;
      onTestFinished(() => void (internet.youtube.endsSessions = false));
      return { args: ['--cookies', 'cookies.txt'] };
    },
  },
  'a proxy that is not there, for a video': around('connection_failed', 'youtube', noProxy),
  'a proxy that asks for a password, for a file': around(
    'proxy_refused',
    'drive',
    proxySays('407 Proxy Authentication Required'),
  ),
  'a proxy that asks for a password, for a video': around(
    'proxy_refused',
    'youtube',
    proxySays('407 Proxy Authentication Required'),
  ),
  'a proxy that reaches nobody, for a file': around(
    'connection_failed',
    'drive',
    proxySays('502 Bad Gateway'),
  ),
  'a proxy that reaches nobody, for a video': around(
    'connection_failed',
    'youtube',
    proxySays('502 Bad Gateway'),
  ),
  'a name that does not exist, for a file': around('dns_failed', 'drive', unknownName),
  'a name that does not exist, for a video': around('dns_failed', 'youtube', unknownName),
  'a certificate that nobody trusts, for a file': around('tls_failed', 'drive', untrusted),
  'a certificate that nobody trusts, for a video': around('tls_failed', 'youtube', untrusted),
  'a YouTube that takes us for a bot': turnedAway(
    'bot_check',
    videoThat({ behaviour: 'bot-check' }),
    'youtube',
  ),
  'a YouTube that turns us away': turnedAway('soft_block', videoThat({ behaviour: 'soft-block' }), 'youtube'),
  'a Drive that asks us to slow down': turnedAway(
    'too_many_requests',
    fileThat({ faults: { download: { status: 429, retryAfter: 3600 } } }),
    'drive',
  ),
  'a Drive that is down for an hour': turnedAway(
    'too_many_requests',
    fileThat({ faults: { download: { status: 503, retryAfter: 3600 } } }),
    'drive',
  ),
  'a video without captions': {
    cause: 'no_captions',
    type: 'youtube',
    plant: videoThat({}),
    start: given('--transcript-only'),
  },
  'a staging folder that may not be written': around('access_denied', 'drive', lockedStaging),
  'a staging folder that may not be written, for a video': around('access_denied', 'youtube', lockedStaging),
  'a full disk': { cause: 'disk_full', type: 'drive', plant: bigFile, start: fullDisk },
  'a file that may not grow': { cause: 'write_failed', type: 'drive', plant: bigFile, start: smallFiles },
  'a yt-dlp with words that we do not know': around(
    'ytdlp_failed',
    'youtube',
    ytDlpThat('echo "ERROR: the moon is in the wrong house" >&2; exit 1'),
  ),
  'a yt-dlp that is killed': around('ytdlp_failed', 'youtube', ytDlpThat('kill -9 $$')),
  'a metadata file of a newer rowtrail': around('sidecar_newer', 'drive', sidecarOfTheFuture),
};

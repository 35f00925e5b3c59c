import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { proxyFor } from '../../scripts/setup/open-url.js';
import { publishedSum, releaseFile } from '../../scripts/setup/yt-dlp-release.js';
import { writeFiles } from './folder.ts';
import { addPrograms, bareMachine, type Machine } from './machine.ts';
import { oldNode, run, type Ended } from './programs.ts';
import { startReleaseHost, sumsOf, type ReleaseHost } from './release-host.ts';

/** A program that calls itself by a version, and answers the self-test. */
const ytDlpOf = (version: string) =>
  `#!/bin/sh\ncase "$*" in *--version*) echo ${version};; *) echo 'selftest-01 18';; esac\n`;
const YT_DLP = ytDlpOf('2026.08.01');

/** The release's files that some machine might take, all the same. */
const filesOf = (content: string) =>
  Object.fromEntries(
    ['yt-dlp', 'yt-dlp_linux', 'yt-dlp_linux_aarch64', 'yt-dlp_macos'].map((name) => [name, content]),
  );

const SETUP = new URL('../../scripts/setup/index.js', import.meta.url).href;
const PROGRAM = `import { setUpTools } from ${JSON.stringify(SETUP)};
  console.log(JSON.stringify(await setUpTools({ say: (line) => console.error(line) })));`;

/** Brings the tools of a machine that reaches a release host, in a process on the oldest Node that is here. */
function setUpTools(machine: Machine, host: Pick<ReleaseHost, 'env'>): Promise<Ended> {
  const env = { ...machine.env, ...host.env };
  return run([oldNode() ?? process.execPath, '--input-type=module', '--eval', PROGRAM], { env });
}

function machineWithFfmpeg(): Machine {
  const machine = bareMachine();
  addPrograms(machine, 'ffmpeg', 'ffprobe');
  return machine;
}

const inToolFolder = ({ toolFolder }: Machine) => {
  mkdirSync(toolFolder, { recursive: true });
  return readdirSync(toolFolder);
};

/** Where releases stand side by side. */
const inDataOf = ({ toolFolder }: Machine) => join(toolFolder, '..', 'yt-dlp');
const inReleases = (machine: Machine) => {
  mkdirSync(inDataOf(machine), { recursive: true });
  return readdirSync(inDataOf(machine)).toSorted();
};

describe('the official release of yt-dlp', () => {
  test('is installed for this person when its SHA-256 is the published one', async () => {
    await using host = await startReleaseHost(filesOf(YT_DLP));
    const machine = machineWithFfmpeg();
    const { code, stdout, stderr } = await setUpTools(machine, host);
    expect(stderr).toMatch(
      /^yt-dlp: fetching the official release\nyt-dlp 2026\.08\.01 \(yt-dlp\S*, SHA-256 as published\) is at .+\n$/,
    );
    expect({ code, result: JSON.parse(stdout) as unknown }).toEqual({
      code: 0,
      result: { ok: true, advice: null },
    });
    const installed = join(machine.toolFolder, 'yt-dlp');
    expect(readFileSync(installed, 'utf8')).toBe(YT_DLP);
    expect(statSync(installed).mode & 0o777).toBe(0o755);
    expect(readlinkSync(installed)).toBe('../yt-dlp/2026.08.01/yt-dlp');
    expect(inToolFolder(machine)).toEqual(['yt-dlp']);
    expect(inReleases(machine)).toEqual(['2026.08.01']);
  });

  test('is not installed when its SHA-256 is another one', async () => {
    const sums = sumsOf(filesOf('#!/bin/sh\necho another\n'));
    await using host = await startReleaseHost(filesOf(YT_DLP), { sums });
    const machine = machineWithFfmpeg();
    const { stdout, stderr } = await setUpTools(machine, host);
    expect(stderr).toContain('is not the published one: not installed');
    expect(JSON.parse(stdout)).toMatchObject({ ok: false });
    expect(inToolFolder(machine)).toEqual([]);
  });

  test('is not installed when it is not among the published sums', async () => {
    await using host = await startReleaseHost(filesOf(YT_DLP), { sums: sumsOf({ other: 'x' }) });
    const machine = machineWithFfmpeg();
    expect((await setUpTools(machine, host)).stderr).toMatch(
      /SHA2-256SUMS of yt-dlp 2026\.08\.01 does not list yt-dlp/,
    );
    expect(inToolFolder(machine)).toEqual([]);
  });

  test('is not installed when it does not start here', async () => {
    await using host = await startReleaseHost(filesOf('#!/bin/sh\necho broken >&2; exit 1\n'));
    const machine = machineWithFfmpeg();
    expect((await setUpTools(machine, host)).stderr).toContain('does not start on this machine: broken');
    expect(inToolFolder(machine)).toEqual([]);
    expect(inReleases(machine)).toEqual([]);
  });

  test('is not fetched over anything but https', async () => {
    await using host = await startReleaseHost(filesOf(YT_DLP), {
      storage: 'http://objects.githubusercontent.com',
    });
    const machine = machineWithFfmpeg();
    expect((await setUpTools(machine, host)).stderr).toContain('github.com redirects away from https');
    expect(host.requests.filter((request) => request.includes('objects'))).toEqual([]);
    expect(inToolFolder(machine)).toEqual([]);
  });

  test('is not fetched from a host whose certificate nobody vouches for', async () => {
    await using host = await startReleaseHost(filesOf(YT_DLP));
    const machine = machineWithFfmpeg();
    const { NODE_EXTRA_CA_CERTS: _ca, ...env } = host.env;
    expect((await setUpTools(machine, { env })).stderr).toMatch(/no official release \(.*certificate/);
    expect(host.requests).toEqual([]);
  });

  test('replaces what an earlier set-up that was killed left behind', async () => {
    await using host = await startReleaseHost(filesOf(YT_DLP));
    const machine = machineWithFfmpeg();
    mkdirSync(inDataOf(machine), { recursive: true });
    const hours = (ago: number) => new Date(Date.now() - ago * 3_600_000);
    for (const [name, time] of [
      ['.yt-dlp-old.part', hours(2)],
      ['.yt-dlp-at-work.part', hours(0)],
    ] as const) {
      writeFileSync(join(inDataOf(machine), name), 'half');
      utimesSync(join(inDataOf(machine), name), time, time);
    }
    await setUpTools(machine, host);
    expect(inReleases(machine)).toEqual(['.yt-dlp-at-work.part', '2026.08.01']);
  });

  test('two set-ups at the same time leave one that is whole', async () => {
    await using host = await startReleaseHost(filesOf(YT_DLP));
    const machine = machineWithFfmpeg();
    const ends = await Promise.all([setUpTools(machine, host), setUpTools(machine, host)]);
    expect(ends.map(({ code }) => code)).toEqual([0, 0]);
    expect(inToolFolder(machine)).toEqual(['yt-dlp']);
  });

  test('a network that is silent is given up after five seconds', async () => {
    let silent = 0;
    const server = createServer((socket) => {
      const since = performance.now();
      socket
        .on('error', () => {})
        .on('close', () => (silent += performance.now() - since))
        .resume();
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const proxy = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { stderr } = await setUpTools(machineWithFfmpeg(), { env: { HTTPS_PROXY: proxy } });
    await new Promise((resolve) => server.close(resolve));
    expect(stderr).toContain('was silent for 5 s');
    expect(silent).toBeGreaterThan(4500);
    expect(silent).toBeLessThan(8000);
  });
});

describe('releases side by side', () => {
  const RELEASES = `import { installYtDlpRelease, rollBack } from ${JSON.stringify(SETUP)};
    const { what, version } = JSON.parse(process.argv[1]);
    const env = process.env;
    console.log(await (what === 'rollback' ? rollBack(env) : installYtDlpRelease({ env, version }).then((got) => got.version)));`;
  const change = (
    machine: Machine,
    host: Pick<ReleaseHost, 'env'>,
    what: { readonly what: 'rollback' | 'install'; readonly version?: string },
  ) =>
    run([oldNode() ?? process.execPath, '--input-type=module', '--eval', RELEASES, JSON.stringify(what)], {
      env: { ...machine.env, ...host.env },
    });
  const inUse = ({ toolFolder, env }: Machine) =>
    spawnSync(join(toolFolder, 'yt-dlp'), ['--version'], { env, encoding: 'utf8' }).stdout.trim();
  const older = {
    '2026.07.01': filesOf(ytDlpOf('2026.07.01')),
    '2026.06.01': filesOf('#!/bin/sh\necho 2026.06.01\n'),
    '2026.05.01': filesOf(ytDlpOf('2026.04.30')),
  };

  test('one can go to another one, back, and forward again', async () => {
    await using host = await startReleaseHost(filesOf(YT_DLP), { older });
    const machine = bareMachine();
    const seen: string[] = [];
    for (const what of [
      { what: 'install', version: '2026.07.01' },
      { what: 'install' },
      { what: 'rollback' },
      { what: 'rollback' },
      { what: 'install', version: '2026.07.01' },
    ] as const) {
      expect((await change(machine, host, what)).stderr).toBe('');
      seen.push(inUse(machine));
    }
    expect(seen).toEqual(['2026.07.01', '2026.08.01', '2026.07.01', '2026.08.01', '2026.07.01']);
    // What is here is not fetched again.
    expect(host.requests.filter((request) => /stored.*yt-dlp/.test(request))).toHaveLength(2);
  });

  test.each([
    ['2026.06.01', 'fails its self-test'],
    ['2026.05.01', 'calls itself "2026.04.30"'],
    ['2026.01.01', 'answered with status 404'],
    ['../../x', 'is not the name of a release'],
  ])('one that is no good (%s) leaves the one in use where it is', async (version, reason) => {
    await using host = await startReleaseHost(filesOf(YT_DLP), { older });
    const machine = bareMachine();
    await change(machine, host, { what: 'install' });
    const { code, stderr } = await change(machine, host, { what: 'install', version });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(reason) });
    expect(inUse(machine)).toBe('2026.08.01');
    expect(inReleases(machine)).toEqual(['2026.08.01']);
    expect((await change(machine, host, { what: 'rollback' })).stderr).toContain(
      'no earlier yt-dlp to go back to',
    );
  });

  test('one that an earlier set-up put there itself can be gone back to', async () => {
    await using host = await startReleaseHost(filesOf(YT_DLP), { older });
    const machine = bareMachine();
    writeFiles(machine.toolFolder, { 'yt-dlp': ytDlpOf('2025.12.08') });
    await change(machine, host, { what: 'install' });
    expect(inUse(machine)).toBe('2026.08.01');
    await change(machine, host, { what: 'rollback' });
    expect(inUse(machine)).toBe('2025.12.08');
  });

  test('whoever starts yt-dlp while releases change always finds one', async () => {
    await using host = await startReleaseHost(filesOf(YT_DLP), { older });
    const machine = bareMachine();
    await change(machine, host, { what: 'install', version: '2026.07.01' });
    await change(machine, host, { what: 'install' });
    const changes = (async () => {
      for (let n = 0; n < 4; n++) await change(machine, host, { what: 'rollback' });
    })();
    const over = new AbortController();
    const ended = changes.finally(() => over.abort());
    const seen = new Set<string>();
    while (!over.signal.aborted) {
      const { stdout } = await run([join(machine.toolFolder, 'yt-dlp'), '--version'], { env: machine.env });
      seen.add(stdout.trim());
    }
    await ended;
    expect([...seen].toSorted()).toEqual(['2026.07.01', '2026.08.01']);
  });
});

describe('what is there', () => {
  test.each([
    ['on PATH', ({ bin }: Machine) => bin],
    ['where rowtrail keeps it', ({ toolFolder }: Machine) => toolFolder],
  ])('a yt-dlp %s is left alone', async (_where, folder) => {
    await using host = await startReleaseHost(filesOf(YT_DLP));
    const machine = machineWithFfmpeg();
    writeFiles(folder(machine), { 'yt-dlp': '#!/bin/sh\necho mine\n' });
    const { stdout, stderr } = await setUpTools(machine, host);
    expect({ result: JSON.parse(stdout) as unknown, stderr }).toEqual({
      result: { ok: true, advice: null },
      stderr: '',
    });
    expect(host.requests).toEqual([]);
    expect(readFileSync(join(folder(machine), 'yt-dlp'), 'utf8')).toContain('mine');
  });
});

describe('the decisions', () => {
  test.each([
    [{ platform: 'linux', arch: 'x64', musl: false, python: true }, 'yt-dlp'],
    [{ platform: 'linux', arch: 'x64', musl: false, python: false }, 'yt-dlp_linux'],
    [{ platform: 'linux', arch: 'arm64', musl: false, python: false }, 'yt-dlp_linux_aarch64'],
    [{ platform: 'linux', arch: 'x64', musl: true, python: false }, 'yt-dlp_musllinux'],
    [{ platform: 'linux', arch: 'arm64', musl: true, python: false }, 'yt-dlp_musllinux_aarch64'],
    [{ platform: 'darwin', arch: 'arm64', musl: false, python: false }, 'yt-dlp_macos'],
    [{ platform: 'linux', arch: 'riscv64', musl: false, python: false }, null],
    [{ platform: 'freebsd', arch: 'x64', musl: false, python: false }, null],
  ])('on %o the release’s file is %s', (machine, file) => {
    expect(releaseFile(machine)).toBe(file);
  });

  test('a published sum is the one of exactly this file, in either form of sha256sum', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((digit) => digit.repeat(64));
    const sums = `${a}  yt-dlp_linux\n${b}  yt-dlp\n${c} *yt-dlp.exe\nnonsense\n${'A'.repeat(64)}  upper\n`;
    expect(['yt-dlp', 'yt-dlp.exe', 'upper', 'none'].map((file) => publishedSum(sums, file))).toEqual([
      b,
      c,
      null,
      null,
    ]);
  });

  test('a proxy is used unless NO_PROXY names the host or a domain above it', () => {
    const url = new URL('https://objects.githubusercontent.com/x');
    const proxied = (NO_PROXY: string) => proxyFor(url, { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY })?.host;
    expect(['', 'example.org', 'content.com'].map(proxied)).toEqual(Array(3).fill('proxy:3128'));
    expect(['*', '.githubusercontent.com', 'a, objects.githubusercontent.com'].map(proxied)).toEqual(
      Array(3).fill(undefined),
    );
    expect(proxyFor(url, {})).toBeNull();
  });
});

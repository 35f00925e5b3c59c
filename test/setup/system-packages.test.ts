import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { installPackages, packagesOf, planPackages } from '../../scripts/setup/system-packages.js';
import { newFolder, writeFiles } from './folder.ts';

const BOTH = ['ffmpeg', 'yt-dlp'];
const facts = { packages: BOTH, platform: 'linux', root: true, listsFresh: true };
const having =
  (...programs: string[]) =>
  (program: string) =>
    programs.includes(program);

describe('what is done about missing programs', () => {
  test('as root on Debian apt-get installs them, without what they only recommend', () => {
    const { run } = planPackages({ ...facts, has: having('apt-get', 'brew') });
    expect(run).toHaveLength(1);
    expect(run?.[0]?.slice(-4)).toEqual(['install', '--no-install-recommends', ...BOTH]);
  });

  test('apt’s lists are brought up to date first where they are missing or old', () => {
    const { run } = planPackages({ ...facts, has: having('apt-get'), listsFresh: false });
    expect(run?.map((command) => command.find((word) => /^(update|install)$/.test(word)))).toEqual([
      'update',
      'install',
    ]);
  });

  test('without root there is one line to paste', () => {
    expect(planPackages({ ...facts, has: having('apt-get'), root: false })).toEqual({
      run: null,
      advice: 'sudo apt-get update && sudo apt-get install -y --no-install-recommends ffmpeg yt-dlp',
    });
  });

  test('on a Mac Homebrew installs them', () => {
    const plan = planPackages({ ...facts, platform: 'darwin', root: false, has: having('brew') });
    expect(plan.run).toEqual([['brew', 'install', 'ffmpeg', 'yt-dlp']]);
  });

  test.each([
    ['darwin', [], 'install Homebrew (https://brew.sh), then: brew install ffmpeg yt-dlp'],
    ['linux', ['dnf'], 'sudo dnf install ffmpeg yt-dlp'],
    ['linux', ['apk'], 'sudo apk add ffmpeg yt-dlp'],
    ['linux', [], "install ffmpeg and yt-dlp with your system's package manager"],
  ])('on %s with %j the advice is: %s', (platform, programs, advice) => {
    expect(planPackages({ ...facts, platform, has: having(...programs) })).toEqual({ run: null, advice });
  });

  test('ffprobe comes with ffmpeg', () => {
    expect(packagesOf(['yt-dlp', 'ffmpeg', 'ffprobe'])).toEqual(BOTH);
    expect(packagesOf(['ffprobe'])).toEqual(['ffmpeg']);
  });
});

describe('carrying out an installation', () => {
  /** A machine whose apt-get writes down how it was called, and does as told. */
  function withAptGet(does: string) {
    const bin = newFolder();
    writeFiles(bin, { 'apt-get': `#!/bin/sh\necho "$DEBIAN_FRONTEND $*" >> "${bin}/calls"\n${does}\n` });
    const env = { ...process.env, PATH: `${bin}:/usr/bin:/bin` };
    const said: string[] = [];
    const has = having('apt-get');
    const { run } = planPackages({ ...facts, has });
    return {
      install: () => installPackages(run ?? [], { env, say: (line) => said.push(line) }),
      calls: () => readFileSync(join(bin, 'calls'), 'utf8').trim().split('\n'),
      said,
    };
  }

  test('apt-get asks nothing, and each step is said', async () => {
    const { install, calls, said } = withAptGet('exit 0');
    await install();
    expect(calls()).toEqual([expect.stringMatching(/^noninteractive .*-y.* install .*ffmpeg yt-dlp$/)]);
    expect(said).toEqual([expect.stringMatching(/^apt-get .*install/)]);
  });

  test('stale lists are brought up to date once, then it is tried again', async () => {
    const { install, calls } = withAptGet(
      'case "$*" in *update) touch "$0.updated";; *) test -e "$0.updated";; esac',
    );
    await install();
    expect(calls().map((call) => / (update|install)\b/.exec(call)?.[1])).toEqual([
      'install',
      'update',
      'install',
    ]);
  });

  test('a failure holds what apt-get said', async () => {
    const { install, calls } = withAptGet('echo "E: no such package" >&2; exit 100');
    await expect(install()).rejects.toThrow(/apt-get .* failed:\nE: no such package/);
    expect(calls()).toHaveLength(3);
  });
});

import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { runCli } from '../support/cli.ts';
import { desk, HEADER } from './fixtures.ts';

describe('help', () => {
  it.for(COMMANDS.map(({ name }) => name))('of %s begins with its usage and has examples', async (name) => {
    const { code, stdout, stderr } = await runCli([name, '--help'], { cwd: await tempFolder() });
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: rowtrail ${name}\\b`));
    expect(stdout).toMatch(new RegExp(`\nExamples:\n  rowtrail ${name}`));
    expect(stderr).toBe('');
  });

  it('of the program names every command, and the first step', async () => {
    const { code, stdout } = await runCli(['--help'], { cwd: await tempFolder() });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: rowtrail /);
    for (const { name } of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    expect(stdout).toContain('Start with: rowtrail run people.csv');
  });

  it('comes on stderr, as wrong usage, when nothing was asked', async () => {
    const { code, stdout, stderr } = await runCli([], { cwd: await tempFolder() });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^Usage: rowtrail /);
  });
});

it('prints its version alone', async () => {
  const { code, stdout } = await runCli(['--version'], { cwd: await tempFolder() });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

describe('wrong usage ends with 2 and one clear sentence', () => {
  it.for<[string, string]>([
    ['bogus', "unknown command 'bogus'"],
    ['run --bogus', "unknown option '--bogus'"],
    ['status --jsn', 'Did you mean --json?'],
    ['run a.csv b.csv', 'too many arguments'],
    ['run --max-youtube', "option '--max-youtube <n>' argument missing"],
    ['run --max-youtube many', '--max-youtube "many": expected a whole number'],
    ['run --max-drive 1.5', '--max-drive "1.5": expected a whole number'],
    ['run --max-drive=', '--max-drive "": expected a whole number'],
    ['run --concurrency 0', '--concurrency "0": expected a whole number from 1 to 64'],
    ['run --retry-attempts 0', '--retry-attempts "0": expected a whole number from 1 up'],
    ['run --format avi', '--format "avi": expected mp4, mkv, webm, m4a or mp3'],
    ['run --resolution big', '--resolution "big": expected a height such as 720'],
    ['run --max-wait soon', '--max-wait "soon": expected a time such as 90s, 10m or 1h'],
    ['run --pace fast', '--pace "fast": expected polite or off'],
    ['run --youtube-dir=', '--youtube-dir "": it is empty'],
    ['failed --type video', 'Allowed choices are both, youtube, drive'],
    ['find', "missing required argument 'file'"],
    ['reset people.csv', 'name the rows to reset, or give --failed, or --all'],
    ['reset people.csv 1 --all', 'name the rows to reset, or give --failed, or --all'],
  ])('%s', async ([words, sentence]) => {
    const { rowtrail } = await desk([HEADER]);
    const { code, stdout, stderr } = await rowtrail(...words.split(' '));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(sentence);
    expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(3);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('a proxy that is no address is refused without repeating the password in it', async () => {
    const { rowtrail } = await desk([HEADER]);
    const { code, stderr } = await rowtrail('run', 'people.csv', '--proxy', 'socks5://me:hunter2@proxy');
    expect(code).toBe(2);
    expect(stderr).toContain('--proxy: expected an address such as http://proxy:3128');
    expect(stderr).not.toContain('hunter2');
  });

  it('without a CSV and nothing to guess it from', async () => {
    const { rowtrail } = await desk(null);
    const { code, stderr } = await rowtrail('status');
    expect(code).toBe(2);
    expect(stderr).toContain('which CSV? There is no output.csv here');
  });
});

describe('a stack trace', () => {
  it('stands on stderr with --verbose', async () => {
    const { rowtrail } = await desk(null);
    const { stderr } = await rowtrail('status', 'people.csv', '--verbose');
    expect(stderr).toMatch(/^\s+at /m);
  });
});

describe('colours', () => {
  it('are not sent down a pipe, unless they are forced', async () => {
    const { folder, rowtrail } = await desk([HEADER, '1,A,a@x,T,,']);
    const plain = await rowtrail('status', 'people.csv');
    const forced = await runCli(['status', 'people.csv'], { cwd: folder, env: { FORCE_COLOR: '1' } });
    const refused = await runCli(['status', 'people.csv'], {
      cwd: folder,
      env: { FORCE_COLOR: '1', NO_COLOR: '1' },
    });
    expect(plain.stdout).not.toContain('\u001B');
    expect(forced.stdout).toContain('\u001B[');
    expect(refused.stdout).not.toContain('\u001B');
  });
});

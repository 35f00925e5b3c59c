import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { runCli, startCli } from '../support/cli.ts';
import { desk, HEADER } from './fixtures.ts';

const LAUNCHER = fileURLToPath(new URL('../../bin/rowtrail.js', import.meta.url));

/** The help of a command, from the same table of commands, without starting a process for each. */
async function helpOf(name: string): Promise<string> {
  const stdout = new PassThrough({ encoding: 'utf8' });
  const stderr = new PassThrough();
  const plain = pc.createColors(false);
  const terminal = {
    ...{ stdout, stderr, interactive: false, rows: 24, out: plain, err: plain },
    width: { out: Infinity, err: Infinity },
    foot: { drawn: null },
  };
  const program = buildProgram(
    { terminal, signal: new AbortController().signal, env: {}, cwd: '.' },
    { code: 0, heedsSignal: false },
  );
  await expect(program.parseAsync([name, '--help'], { from: 'user' })).rejects.toMatchObject({ exitCode: 0 });
  return String(stdout.read());
}

describe('help', () => {
  it('of a command begins with its usage, goes to stdout and ends with 0', async () => {
    const { code, stdout, stderr } = await runCli(['run', '--help'], { cwd: await tempFolder() });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: rowtrail run /);
  });

  it.for(COMMANDS.map(({ name }) => name))(
    'of %s has a summary, its usage, --json and examples',
    async (name) => {
      const help = await helpOf(name);
      expect(help).toMatch(new RegExp(`^Usage: rowtrail ${name} `));
      expect(help).toContain('--json');
      expect(help).toMatch(new RegExp(`\nExamples:\n  rowtrail ${name}`));
    },
  );

  it('of the program names every command, and the first step', async () => {
    const { code, stdout } = await runCli(['--help'], { cwd: await tempFolder() });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: rowtrail /);
    for (const { name } of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    expect(stdout).toContain('Start with: rowtrail run people.csv');
  });

  it('comes by each of its usual names', async () => {
    const cwd = await tempFolder();
    const [whole, ofRun] = [await runCli(['--help'], { cwd }), await runCli(['run', '--help'], { cwd })];
    for (const words of [['-h'], ['help'], ['help', '--help']])
      expect(await runCli(words, { cwd })).toEqual(whole);
    for (const words of [
      ['run', '-h'],
      ['help', 'run'],
      ['help', 'run', '--help'],
    ])
      expect(await runCli(words, { cwd })).toEqual(ofRun);
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
    ['bogus --help', "unknown command 'bogus'"],
    ['bogus --json --help', "unknown command 'bogus'"],
    ['help rnu', '(Did you mean run?)'],
    ['help rnu --help', "unknown command 'rnu'"],
    ['completion bsh', 'Did you mean bash?'],
    ['run --bogus', "unknown option '--bogus'"],
    ['status --jsn', 'Did you mean --json?'],
    ['run a.csv b.csv', 'too many arguments'],
    ['run --max-youtube', "option '--max-youtube <n>' argument missing"],
    ['run --max-youtube many', '--max-youtube "many": expected a whole number'],
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

describe.runIf(process.platform === 'linux')('output', () => {
  const shell = async (command: string, csv: string) => {
    const child = spawn('bash', ['-c', command, 'bash', process.execPath, LAUNCHER, csv], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, stderr };
  };

  it('whose reader has left is no error', async () => {
    const { csv } = await desk([HEADER, '1,A,a@x,T,https://youtu.be/aaaaaaaaaaa,']);
    const piped = '"$1" "$2" pending "$3" | true; exit "${PIPESTATUS[0]}"';
    expect(await shell(piped, csv)).toEqual({ code: 0, stderr: '' });
  });

  it('that cannot be written ends with 1, without a stack trace', async () => {
    const { csv } = await desk([HEADER, '1,A,a@x,T,,']);
    const { code, stderr } = await shell('"$1" "$2" status "$3" > /dev/full', csv);
    expect(code).toBe(1);
    expect(stderr).not.toMatch(/^\s+at /m);
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

describe('a sentence that fits', () => {
  it('for a folder in the place of the CSV', async () => {
    const { folder, rowtrail } = await desk([HEADER]);
    for (const command of ['run', 'plan', 'init', 'status'])
      expect(await rowtrail(command, folder)).toMatchObject({
        code: 1,
        stderr: `error: ${folder}: this is a folder, not a CSV; name the CSV in it\n       Check the path.\n`,
      });
  });

  it('for a CSV without rows', async () => {
    const { rowtrail } = await desk([HEADER]);
    const { code, stdout } = await rowtrail('run', 'people.csv');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Nothing to do: the CSV has no rows\.\n/);
  });

  it('for a row in a folder without a CSV', async () => {
    const { rowtrail } = await desk(null);
    const { code, stderr } = await rowtrail('why', '007');
    expect(code).toBe(2);
    expect(stderr).toContain('which CSV?');
  });

  it('for --lease without a store', async () => {
    const { rowtrail } = await desk([HEADER]);
    const { code, stderr } = await rowtrail('run', 'people.csv', '--lease', '5s');
    expect(code).toBe(2);
    expect(stderr).toContain('give a --store, too');
  });

  it('for output that finds no room', async () => {
    const { folder } = await desk([HEADER]);
    const through = ['sh', '-c', 'exec "$@" >/dev/full', 'sh'];
    const { code, stderr } = await startCli(['plan', 'people.csv'], { cwd: folder, through }).result;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: the output could not be written: ENOSPC/);
  });
});

import { execFile, spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { screen } from './screen.ts';

const run = promisify(execFile);
const has = (program: string) => spawnSync(program, ['--version']).error === undefined;

async function scriptFor(shell: string): Promise<string> {
  const { stdout } = await screen(['completion', shell]);
  const file = join(await tempFolder(), `rowtrail.${shell}`);
  await writeFile(file, stdout);
  return file;
}

/** What bash would offer for the last of these words, in a folder with a CSV, a text and a folder. */
async function offered(...words: string[]): Promise<string[]> {
  const script = await scriptFor('bash');
  const folder = await tempFolder();
  await mkdir(join(folder, 'some folder'));
  for (const name of ['people.csv', 'my people.CSV', 'notes.txt']) await writeFile(join(folder, name), '');
  const ask = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _rowtrail; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await run('bash', ['-c', ask, 'bash', script, 'rowtrail', ...words], { cwd: folder });
  return stdout.split('\n').filter((line) => line !== '');
}

describe.runIf(has('bash'))('in bash', () => {
  it('is registered for rowtrail', async () => {
    const script = await scriptFor('bash');
    const { stdout } = await run('bash', ['-c', 'source "$1" && complete -p rowtrail', 'bash', script]);
    expect(stdout).toBe('complete -F _rowtrail rowtrail\n');
  });

  it('offers every command', async () => {
    expect(await offered('')).toEqual([...COMMANDS.map(({ name }) => name), '--help', '--version']);
    expect(await offered('re')).toEqual(['retry', 'reset', 'report']);
  });

  it('offers the flags of a command and the values that a flag has', async () => {
    expect(await offered('failed', '--')).toEqual(
      expect.arrayContaining(['--by', '--export', '--force', '--json', '--type', '--help']),
    );
    expect(await offered('failed', '--by', '')).toEqual(['remedy']);
    expect(await offered('retry', 'people.csv', '--category', 'ne')).toEqual(['network']);
    expect(await offered('retry', '--cause', 'not_s')).toEqual(['not_shared']);
    expect(await offered('csv-tracker', '--pending', '')).toEqual(['both', 'youtube', 'drive']);
    expect(await offered('csv-tracker', '--pending', '--fa')).toEqual(['--failed']);
    expect(await offered('completion', '')).toEqual(['bash', 'zsh', 'fish']);
  });

  it('offers CSVs, files and folders where they are wanted, with spaces in their names', async () => {
    expect((await offered('run', '')).toSorted()).toEqual(['my people.CSV', 'people.csv', 'some folder']);
    expect((await offered('find', '')).toSorted()).toEqual([
      'my people.CSV',
      'notes.txt',
      'people.csv',
      'some folder',
    ]);
    expect(await offered('run', '--youtube-dir', '')).toEqual(['some folder']);
    expect(await offered('run', '--max-drive', '')).toEqual([]);
  });
});

describe('in zsh', () => {
  it('is a script that zsh understands', async ({ skip }) => {
    if (!has('zsh')) skip('zsh is not installed');
    const { stdout, stderr } = await run('zsh', ['-n', await scriptFor('zsh')]);
    expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '' });
  });

  it('is registered for rowtrail', async ({ skip }) => {
    if (!has('zsh')) skip('zsh is not installed');
    const script = await scriptFor('zsh');
    const ask = 'autoload -U compinit && compinit -D -u && source "$1" && print $_comps[rowtrail]';
    const { stdout } = await run('zsh', ['-f', '-c', ask, 'zsh', script]);
    expect(stdout).toBe('_rowtrail\n');
  });
});

describe('in fish', () => {
  it('is a script that fish understands, and offers commands, flags and values', async ({ skip }) => {
    if (!has('fish')) skip('fish is not installed');
    const script = await scriptFor('fish');
    await run('fish', ['--no-execute', script]);
    const ask = async (line: string) => {
      const { stdout } = await run('fish', ['-c', `source ${script}; complete -C '${line}'`]);
      return stdout.split('\n').map((word) => word.split('\t')[0]);
    };
    expect(await ask('rowtrail ret')).toContain('retry');
    expect(await ask('rowtrail failed --ex')).toContain('--export');
    expect(await ask('rowtrail retry --category net')).toContain('network');
  });
});

it('every command and flag is in every script', async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { stdout } = await screen(['completion', shell]);
    for (const { name } of COMMANDS) {
      expect(stdout).toContain(name);
      const help = (await screen([name, '--help'])).stdout;
      for (const [, flag = ''] of help.matchAll(/^ {2}--([a-z-]+)/gm)) expect(stdout).toContain(flag);
    }
  }
});

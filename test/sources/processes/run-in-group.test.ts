import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { listProcesses, runInGroup, type GroupRun } from '../../../src/sources/processes/index.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const isAlive = async (wanted: number) => (await listProcesses()).some(({ pid }) => pid === wanted);

async function shell(script: string, more: Partial<GroupRun> = {}) {
  const folder = await tempFolder();
  const stdout: string[] = [];
  const end = await runInGroup({
    command: '/bin/sh',
    args: ['-c', script, 'sh', folder],
    env: { PATH: process.env['PATH'] ?? '' },
    folder,
    idleMs: 30_000,
    onStdoutLine: (line) => stdout.push(line),
    ...more,
  });
  return { ...end, stdout };
}

describe('a program in a group of its own', () => {
  it('hands over its lines, its errors and how it ended', async () => {
    const end = await shell("printf 'one\\r\\ntwo\\nlast'; printf 'ERROR: \\rbad\\n' >&2; exit 3");
    expect(end).toMatchObject({ exitCode: 3, signal: null, idle: false, startError: null });
    expect(end.stdout).toEqual(['one', 'two', 'last']);
    expect(end.stderr).toEqual(['ERROR: bad']);
  });

  it('has no stdin and only the environment that it was given', async () => {
    const { stdout } = await shell('cat; env');
    expect(stdout.some((line) => line.startsWith('HOME='))).toBe(false);
  });

  it('that cannot be started says so', async () => {
    const end = await shell('', { command: '/none/such' });
    expect(end.exitCode).toBeNull();
    expect(end.startError).toMatchObject({ code: 'ENOENT' });
  });

  it('takes its children with it when it ends', async () => {
    const { stdout } = await shell('sleep 300 & echo $!');
    await expect.poll(() => isAlive(Number(stdout[0]))).toBe(false);
  });

  it('is killed on abort with its children, also when it ignores SIGTERM', async () => {
    const controller = new AbortController();
    const pids: number[] = [];
    const run = shell("trap '' TERM; sleep 300 & echo $$; echo $!; wait; sleep 300", {
      signal: controller.signal,
      onStdoutLine: (line) => {
        if (pids.push(Number(line)) === 2) controller.abort(new Error('stop'));
      },
    });
    await expect(run).rejects.toThrow('stop');
    for (const pid of pids) await expect.poll(() => isAlive(pid)).toBe(false);
  });

  it('is killed when it neither says nor does anything any more', async () => {
    expect(await shell('echo begin; sleep 300', { idleMs: 200 })).toMatchObject({ idle: true });
  });

  it('is left alone while it works silently', async () => {
    let size = 0;
    const activity = () => Promise.resolve(String((size += 1)));
    expect(await shell('sleep 1', { idleMs: 200, activity })).toMatchObject({ idle: false, exitCode: 0 });
  });

  it('cannot fill the memory with a line or with many', async () => {
    const end = await shell('head -c 3000000 /dev/zero | tr "\\0" x; seq 1 5000 >&2');
    expect(end.stdout[0]?.length).toBeLessThan(300_000);
    expect(end.stderr.length).toBe(200);
    expect([end.stderr[0], end.stderr.at(-1)]).toEqual(['1', '5000']);
  });
});

describe('the guardian', () => {
  it('does not keep a process alive that has nothing more to do', async () => {
    const folder = await tempFolder();
    const module = new URL('../../../src/sources/processes/index.ts', import.meta.url).href;
    const script = join(folder, 'run.mjs');
    await writeFile(
      script,
      `import { runInGroup } from ${JSON.stringify(module)};
       await runInGroup({ command: '/bin/true', args: [], env: {}, folder: ${JSON.stringify(folder)}, idleMs: 1e4 });`,
    );
    const [code] = await once(spawn(process.execPath, [script], { stdio: 'inherit' }), 'exit');
    expect(code).toBe(0);
  });

  it('kills a group whose starter ends in the middle of it', async () => {
    const folder = await tempFolder();
    const module = new URL('../../../src/sources/processes/index.ts', import.meta.url).href;
    const script = join(folder, 'run.mjs');
    const pidFile = join(folder, 'pid');
    await writeFile(
      script,
      `import { runInGroup } from ${JSON.stringify(module)};
       runInGroup({ command: '/bin/sh', args: ['-c', 'sleep 300 & echo $! > "$1"; echo up; wait', 'sh', ${JSON.stringify(pidFile)}],
         env: { PATH: process.env.PATH }, folder: ${JSON.stringify(folder)}, idleMs: 1e5, onStdoutLine: () => process.exit(7) });`,
    );
    const [code] = await once(spawn(process.execPath, [script], { stdio: 'inherit' }), 'exit');
    expect(code).toBe(7);
    const grandchild = Number(await readFile(pidFile, 'utf8'));
    while (await isAlive(grandchild)) await sleep(20);
  });
});

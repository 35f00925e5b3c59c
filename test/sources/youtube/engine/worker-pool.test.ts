import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { type FileHandle, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listProcesses } from '../../../../src/sources/processes/index.ts';
import { runYtDlpJob } from '../../../../src/sources/youtube/engine/index.ts';
import { interpreterOf } from '../../../../src/sources/youtube/engine/interpreter.ts';
import type { YtDlpJob } from '../../../../src/sources/youtube/engine/job.ts';
import { type PoolLimits, WorkerPool } from '../../../../src/sources/youtube/engine/worker-pool.ts';
import { locateYtDlp } from '../../../../src/sources/youtube/index.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

const env = { PATH: process.env['PATH'] ?? '' };

/** Packs the yt_dlp of this machine into an archive behind one line, as the project does. */
const MAKE_ZIPAPP = `
import os, sys, zipfile, yt_dlp
folder = os.path.dirname(yt_dlp.__file__)
with open(sys.argv[1], 'wb') as file:
    file.write(('#!' + sys.executable + '\\n').encode())
    with zipfile.ZipFile(file, 'w') as archive:
        archive.write(os.path.join(folder, '__main__.py'), '__main__.py')
        for where, _, names in os.walk(folder):
            for name in names:
                if name.endswith('.py'):
                    path = os.path.join(where, name)
                    archive.write(path, os.path.join('yt_dlp', os.path.relpath(path, folder)))
os.chmod(sys.argv[1], 0o755)
`;

/** A pool of the yt-dlp of this machine. */
async function realPool(limits: Partial<PoolLimits> = {}): Promise<WorkerPool> {
  const { path, version } = await locateYtDlp();
  const interpreter = await interpreterOf(path, process.env);
  if (interpreter === null) throw new Error('yt-dlp is no Python script here');
  return ended(new WorkerPool({ interpreter, version, env, limits }));
}

/**
 * A pool whose "Python" is a shell script, which does on descriptor 3 what no worker of ours would; `ready` in it tells
 * the right version.
 */
async function strangePool(script: string, limits: Partial<PoolLimits> = {}): Promise<WorkerPool> {
  const python = join(await tempFolder(), 'python3');
  await writeFile(python, `#!/bin/sh\nready() { echo '{"ready":"1"}' >&3; }\n${script}\n`, { mode: 0o755 });
  return ended(new WorkerPool({ interpreter: { python, zipapp: null }, version: '1', env, limits }));
}

function ended(pool: WorkerPool): WorkerPool {
  onTestFinished(() => pool.endIdle());
  return pool;
}

async function job(args: readonly string[], more: Partial<YtDlpJob> = {}): Promise<YtDlpJob> {
  return {
    args: ['--ignore-config', ...args],
    env,
    folder: await tempFolder(),
    idleMs: 30_000,
    ...more,
  };
}

/** A job that reads a file which never ends, once it has begun to. */
async function endlessJob(more: Partial<YtDlpJob> = {}): Promise<{ job: YtDlpJob; begun: Promise<void> }> {
  const pipe = join(await tempFolder(), 'pipe');
  await promisify(execFile)('mkfifo', [pipe]);
  let writer: FileHandle | null = null;
  onTestFinished(async () => writer?.close());
  const isRead = async () => {
    writer = await open(pipe, constants.O_WRONLY | constants.O_NONBLOCK).catch(() => null);
    return writer !== null;
  };
  return { job: await job(['--load-info-json', pipe], more), begun: until(isRead) };
}

/** The workers that this process has started. */
async function workers(): Promise<readonly number[]> {
  const all = (await listProcesses()).filter(({ commandLine }) =>
    commandLine.includes(`worker.py rowtrail-${process.pid}-`),
  );
  return all.map(({ pid }) => pid);
}

async function until(so: () => Promise<boolean>): Promise<void> {
  while (!(await so())) await sleep(20);
}

describe('a worker', () => {
  it('runs job after job in one process, each with its lines and its exit code', async () => {
    const pool = await realPool();
    const { version } = await locateYtDlp();
    for (let n = 0; n < 3; n += 1) {
      const lines: string[] = [];
      const end = await pool.run(await job(['--version'], { onStdoutLine: (line) => lines.push(line) }));
      expect(end).toMatchObject({ exitCode: 0, signal: null, idle: false, stderr: [] });
      expect(lines).toEqual([version]);
    }
    const [worker] = pool.waiting;
    const end = await pool.run(await job(['--no-such-option']));
    expect(end?.exitCode).toBe(2);
    expect(end?.stderr.join('\n')).toContain('no such option');
    expect(pool.waiting).toEqual([worker]);
    expect(await workers()).toEqual([worker?.pid]);
  });

  it('works in the folder and the environment of each job', async () => {
    const pool = await realPool();
    const folder = await tempFolder();
    const info = join(folder, 'info.json');
    const extractor = { extractor: 'youtube', extractor_key: 'Youtube', webpage_url: 'https://youtu.be/a' };
    await writeFile(
      info,
      JSON.stringify({ id: 'a', title: 't', ext: 'mp4', url: 'https://none/', ...extractor }),
    );
    const names: string[] = [];
    for (const ONLY of ['first', undefined]) {
      const asked = ['--load-info-json', info, '--output', '$ONLY', '--print', 'filename'];
      await pool.run(
        await job(asked, {
          env: { ...env, ...(ONLY === undefined ? {} : { ONLY }) },
          folder,
          onStdoutLine: (line) => names.push(line),
        }),
      );
    }
    expect(names).toEqual(['first', '$ONLY']);
    expect(await workers()).toHaveLength(1);
  });

  it('runs another program in the same way, with its lines, its words and its exit code', async () => {
    const pool = await realPool();
    const lines: string[] = [];
    const script = ['-c', 'echo out; echo "$ONLY" >&2; pwd; exit 3'];
    const given = await job([], {
      program: '/bin/sh',
      env: { ...env, ONLY: 'err' },
      onStdoutLine: (line) => lines.push(line),
    });
    const end = await pool.run({ ...given, args: script });
    expect(end).toMatchObject({ exitCode: 3, stderr: ['err'] });
    expect(lines).toEqual(['out', given.folder]);
    expect(await pool.run({ ...given, program: '/none/such' })).toMatchObject({ exitCode: 127 });
    expect(await workers()).toHaveLength(1);
  });

  it('is started for each of the long jobs that go on at once', async () => {
    const pool = await realPool();
    const controller = new AbortController();
    const jobs = await Promise.all([1, 2, 3].map(() => endlessJob({ signal: controller.signal })));
    const runs = jobs.map((endless) => pool.run(endless.job));
    await Promise.all(jobs.map(({ begun }) => begun));
    expect(await workers()).toHaveLength(3);
    controller.abort();
    await Promise.allSettled(runs);
    expect(await workers()).toEqual([]);
  });

  it('does one short job after the other of those that are due at once', async () => {
    const pool = await realPool();
    const jobs = await Promise.all(Array.from({ length: 40 }, () => job(['--version'])));
    const ends = await Promise.all(jobs.map((given) => pool.run(given)));
    expect(ends.map((end) => end?.exitCode)).toEqual(jobs.map(() => 0));
    expect((await workers()).length).toBeLessThan(20);
  });

  it('is not waited for by a job that is cancelled meanwhile', async () => {
    const pool = await realPool();
    const controller = new AbortController();
    const runs = [1, 2, 3].map(async () => pool.run(await job(['--version'], { signal: controller.signal })));
    const settled = Promise.allSettled(runs);
    await until(async () => (await workers()).length > 0);
    controller.abort();
    await settled;
    expect(await pool.run(await job(['--version']))).toMatchObject({ exitCode: 0 });
  });

  it('ends when it has had nothing to do for a while', async () => {
    const pool = await realPool({ idleMs: 100 });
    await pool.run(await job(['--version']));
    await until(async () => (await workers()).length === 0);
    expect(pool.waiting).toEqual([]);
    expect(await pool.run(await job(['--version']))).toMatchObject({ exitCode: 0 });
  });

  it('ends when it is told to', async () => {
    const pool = await realPool();
    await pool.run(await job(['--version']));
    await pool.endIdle();
    expect(await workers()).toEqual([]);
  });

  it('that is cancelled ends at once, and the next job has another', async () => {
    const pool = await realPool();
    const controller = new AbortController();
    const endless = await endlessJob({ signal: controller.signal });
    const run = pool.run(endless.job);
    await endless.begun;
    controller.abort(new Error('stop'));
    await expect(run).rejects.toThrow('stop');
    expect(await workers()).toEqual([]);
    expect(await pool.run(await job(['--version']))).toMatchObject({ exitCode: 0 });
  });

  it('is not begun for a job that was cancelled before', async () => {
    const pool = await realPool();
    await expect(pool.run(await job(['--version'], { signal: AbortSignal.abort() }))).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(await workers()).toEqual([]);
  });

  it('that hangs is ended and replaced', async () => {
    const pool = await realPool();
    expect(await pool.run((await endlessJob({ idleMs: 200 })).job)).toMatchObject({
      idle: true,
      exitCode: null,
    });
    expect(await workers()).toEqual([]);
    expect(await pool.run(await job(['--version']))).toMatchObject({ exitCode: 0 });
  });

  it('that dies loses its job and is replaced', async () => {
    const pool = await realPool();
    const endless = await endlessJob();
    const run = pool.run(endless.job);
    await endless.begun;
    for (const pid of await workers()) process.kill(pid, 'SIGKILL');
    expect(await run).toBeNull();
    expect(await pool.run(await job(['--version']))).toMatchObject({ exitCode: 0 });
  });

  it('that died while it had nothing to do is replaced', async () => {
    const pool = await realPool();
    await pool.run(await job(['--version']));
    const before = await workers();
    for (const pid of before) process.kill(pid, 'SIGKILL');
    await until(async () => pool.waiting.every(({ isGone }) => isGone));
    expect(await pool.run(await job(['--version']))).toMatchObject({ exitCode: 0 });
    expect(await workers()).not.toEqual(before);
  });

  it('that has grown too large is replaced after its job', async () => {
    const pool = await realPool({ mostMemory: 1 });
    expect(await pool.run(await job(['--version']))).toMatchObject({ exitCode: 0 });
    expect(await workers()).toEqual([]);
  });

  it('imports yt_dlp out of a zip application, as the official one is', async () => {
    const { path, version } = await locateYtDlp();
    const python = (await interpreterOf(path, process.env))?.python ?? '';
    const zipapp = join(await tempFolder(), 'yt-dlp');
    await promisify(execFile)(python, ['-c', MAKE_ZIPAPP, zipapp]);
    const interpreter = await interpreterOf(zipapp, process.env);
    expect(interpreter).toEqual({ python, zipapp });
    if (interpreter === null) return;
    const pool = ended(new WorkerPool({ interpreter, version, env }));
    // Its traceback tells where it was imported from.
    const end = await pool.run(await job(['--load-info-json', '/none']));
    expect(end?.stderr.join('\n')).toContain(`${zipapp}/yt_dlp/`);
    expect(await workers()).toHaveLength(1);
  });

  it('does not keep a process alive that has nothing more to do, and ends with it', async () => {
    const { path, version } = await locateYtDlp();
    const folder = await tempFolder();
    const engine = new URL('../../../../src/sources/youtube/engine/index.ts', import.meta.url).href;
    const script = join(folder, 'run.mjs');
    const run = { args: ['--ignore-config', '--version'], env, folder, idleMs: 30_000 };
    await writeFile(
      script,
      `import { runYtDlpJob } from ${JSON.stringify(engine)};
       const end = await runYtDlpJob(${JSON.stringify({ path, version })}, ${JSON.stringify(run)}, process.env);
       console.log(process.pid, end.exitCode);`,
    );
    const program = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [output] = (await once(program.stdout, 'data')) as [Buffer];
    const exitCode = program.exitCode ?? ((await once(program, 'exit')) as [number])[0];
    expect([exitCode, String(output).trim()]).toEqual([0, `${program.pid} 0`]);
    await until(
      async () =>
        !(await listProcesses()).some(({ commandLine }) => commandLine.includes(`rowtrail-${program.pid}-`)),
    );
  });
});

describe('what is no worker of ours', () => {
  it.each([
    ['another version', `echo '{"ready":"2"}' >&3; cat`],
    ['no JSON', 'echo nonsense >&3; cat'],
    ['JSON that means nothing', `echo '[]' >&3; cat`],
    ['an answer to a job that was never given', `echo '{"id":1,"end":0,"memory":1}' >&3; cat`],
    ['nothing, because the import fails', 'echo "ModuleNotFoundError: yt_dlp" >&2; exit 1'],
    ['nothing at all', 'cat'],
  ])('is not trusted when it says %s', async (_, script) => {
    const pool = await strangePool(script, { startMs: 500, mostLost: 1 });
    expect(await pool.run(await job(['--version']))).toBeNull();
    expect(pool.isUsable).toBe(false);
    await until(async () => (await workers()).length === 0);
  });

  it.each([
    ['garbage', 'ready; read job; echo garbage >&3; cat'],
    ['an answer to another job', `ready; read job; echo '{"id":7,"end":0,"memory":1}' >&3; cat`],
    ['a line that never ends', 'ready; read job; yes | tr -d "\\n" | head -c 9000000 >&3; echo >&3; cat'],
    ['nothing any more', 'ready; read job; exit 0'],
  ])('loses its job when it says %s, and after three of them no more are started', async (_, script) => {
    const pool = await strangePool(script);
    for (let n = 0; n < 3; n += 1) {
      expect(pool.isUsable).toBe(true);
      expect(await pool.run(await job(['--version']))).toBeNull();
      await until(async () => (await workers()).length === 0);
    }
    expect(pool.isUsable).toBe(false);
  });
});

describe('a job whose worker is lost', () => {
  it('is done in a process of its own', async () => {
    const folder = await tempFolder();
    const python = join(folder, 'python3');
    await writeFile(
      python,
      `#!/bin/sh\ncase "$1" in *worker.py) echo garbage >&3; cat;; *) echo "alone: $2";; esac\n`,
      { mode: 0o755 },
    );
    const path = join(folder, 'yt-dlp');
    await writeFile(path, `#!${python}\n`, { mode: 0o755 });
    const lines: string[] = [];
    const given = { ...(await job([])), args: ['it'], onStdoutLine: (line: string) => lines.push(line) };
    const end = await runYtDlpJob({ path, version: '1' }, given, process.env);
    expect([end.exitCode, lines]).toEqual([0, ['alone: it']]);
  });
});

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { newFolder, writeFiles } from './folder.ts';
import { addPrograms, bareMachine, type Machine } from './machine.ts';
import { oldNode, run, start, type Started } from './programs.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const node = oldNode() ?? process.execPath;

/**
 * A fresh copy of a small repository with the set-up scripts as they are. Its Node and its compiler are the ones of this
 * repository, as packages of its own, so that the real npm installs them without a network.
 */
function freshCopy(): string {
  const root = newFolder();
  const compiler = pathToFileURL(join(repository, 'node_modules', 'typescript', 'bin', 'tsc')).href;
  const devDependencies = { node: 'file:vendor/node', typescript: 'file:vendor/typescript' };
  const compilerOptions = { rootDir: 'src', outDir: 'dist', module: 'nodenext', types: [] };
  writeFiles(root, {
    'package.json': JSON.stringify({ name: 'copy', version: '1.0.0', type: 'module', devDependencies }),
    'tsconfig.json': '{}',
    'tsconfig.build.json': JSON.stringify({ compilerOptions, include: ['src'] }),
    'src/index.ts': 'export const answer: number = 42;\n',
    'vendor/node/package.json': JSON.stringify({ name: 'node', version: process.versions.node }),
    'vendor/node/bin/README': '',
    'vendor/added/package.json': JSON.stringify({ name: 'added', version: '1.0.0' }),
    'vendor/typescript/package.json': JSON.stringify({
      name: 'typescript',
      version: '1.0.0',
      type: 'module',
    }),
    'vendor/typescript/bin/tsc': `await import(${JSON.stringify(compiler)});\n`,
  });
  symlinkSync(process.execPath, join(root, 'vendor', 'node', 'bin', 'node'));
  cpSync(join(repository, 'scripts'), join(root, 'scripts'), { recursive: true });
  lockDependencies(root);
  return root;
}

function lockDependencies(root: string, ...added: readonly string[]): void {
  const npm = ['install', '--package-lock-only', '--offline', '--no-audit', '--no-fund', ...added];
  spawnSync('npm', npm, { cwd: root, stdio: 'ignore' });
}

function readyMachine(): Machine {
  const machine = bareMachine(node);
  addPrograms(machine, 'ffmpeg', 'ffprobe', 'yt-dlp');
  return machine;
}

function startSetUp(root: string, { env }: Machine): Started {
  const command = [node, join(root, 'scripts', 'setup.js')];
  return start(command, { env: { ...env, npm_config_offline: 'true' }, group: true });
}

async function setUp(root: string, machine: Machine): Promise<{ code: number | null; lines: string[] }> {
  const { code, stdout, stderr } = await startSetUp(root, machine).ended;
  expect(stdout).toBe('');
  const lines = stderr
    .trim()
    .split('\n')
    .map((line) => line.replace(/ \(\d+\.\d s\)$/, ' (N s)'));
  return { code, lines };
}

describe('the set-up of a fresh copy', () => {
  test('says each step in one line, and does nothing the second time', async () => {
    const [root, machine] = [freshCopy(), readyMachine()];
    expect(await setUp(root, machine)).toEqual({
      code: 0,
      lines: [
        'setup: npm ci (node_modules is missing)',
        'setup: build (dist is missing)',
        'setup: ready (N s)',
      ],
    });
    const { stdout } = await run([node, '-p', 'require("./dist/index.js").answer'], { cwd: root });
    const built = stdout || readFileSync(join(root, 'dist', 'index.js'), 'utf8');
    expect(built).toContain('42');
    expect(await setUp(root, machine)).toEqual({ code: 0, lines: ['setup: nothing is missing'] });
  });

  test('brings only what changed: the sources, then the lockfile', async () => {
    const [root, machine] = [freshCopy(), readyMachine()];
    await setUp(root, machine);
    rmSync(join(root, 'src', 'index.ts'));
    writeFiles(root, { 'src/index.ts': 'export const answer = 43;\n', 'src/new.ts': 'export {};\n' });
    expect((await setUp(root, machine)).lines).toEqual([
      'setup: build (the sources have changed)',
      'setup: ready (N s)',
    ]);
    expect(readFileSync(join(root, 'dist', 'index.js'), 'utf8')).toContain('43');

    rmSync(join(root, 'src', 'new.ts'));
    lockDependencies(root, 'file:vendor/added');
    const { lines } = await setUp(root, machine);
    expect(lines[0]).toBe('setup: npm ci (node_modules differs from package-lock.json)');
    expect(readdirSync(join(root, 'dist'))).toEqual(['index.js']);
    expect((await setUp(root, machine)).lines).toEqual(['setup: nothing is missing']);
  });

  test('shows what the compiler says about a source that does not build, and fails', async () => {
    const [root, machine] = [freshCopy(), readyMachine()];
    writeFileSync(join(root, 'src', 'index.ts'), 'export const answer: number = "42";\n');
    const { code, lines } = await setUp(root, machine);
    expect(code).toBe(1);
    expect(lines.join('\n')).toMatch(/the build failed:\nsrc\/index\.ts\(1,14\): error TS2322/);
    expect((await setUp(root, machine)).code).toBe(1);
  });

  test('names the missing programs with one line to paste, where it may not install, and fails', async () => {
    const [root, machine] = [freshCopy(), bareMachine(node)];
    const { code, lines } = await setUp(root, machine);
    expect(code).toBe(1);
    expect(lines).toContain('setup: missing: yt-dlp, ffmpeg, ffprobe. Please run this, then try again:');
    expect(lines.at(-1)).toBe("install ffmpeg and yt-dlp with your system's package manager");
    addPrograms(machine, 'ffmpeg', 'ffprobe', 'yt-dlp');
    expect((await setUp(root, machine)).lines).toEqual(['setup: nothing is missing']);
  });

  test('two at the same time: one does it, the other waits for it', async () => {
    const [root, machine] = [freshCopy(), readyMachine()];
    const ends = await Promise.all([setUp(root, machine), setUp(root, machine)]);
    expect(ends.map(({ code }) => code)).toEqual([0, 0]);
    const installations = ends.flatMap(({ lines }) => lines).filter((line) => line.includes('npm ci'));
    expect(installations).toEqual(['setup: npm ci (node_modules is missing)']);
    expect(existsSync(join(root, 'build', 'setup.lock'))).toBe(false);
  });

  test('one that was killed holds up nobody', async () => {
    const [root, machine] = [freshCopy(), readyMachine()];
    const killed = startSetUp(root, machine);
    await new Promise((resolve) => killed.process.stderr?.once('data', resolve));
    process.kill(-Number(killed.process.pid), 'SIGKILL');
    await killed.ended;
    expect(existsSync(join(root, 'build', 'setup.lock'))).toBe(true);
    expect((await setUp(root, machine)).code).toBe(0);
    expect(await setUp(root, machine)).toEqual({ code: 0, lines: ['setup: nothing is missing'] });
  });

  test('takes less than a second when nothing is missing', async () => {
    const [root, machine] = [freshCopy(), readyMachine()];
    await setUp(root, machine);
    // Of several: what else the machine does meanwhile is not ours.
    const timed = async (work: () => Promise<unknown>) => {
      const began = performance.now();
      await work();
      return performance.now() - began;
    };
    const times: number[] = [];
    const starts: number[] = [];
    for (let n = 0; n < 4; n += 1) {
      starts.push(await timed(() => run([process.execPath, '-e', '0'])));
      times.push(await timed(() => setUp(root, machine)));
    }
    // A second, or where a mere start of Node takes as long as that of ten otherwise, ten of them.
    expect(Math.min(...times)).toBeLessThan(Math.max(1000, 10 * Math.min(...starts)));
  });
});

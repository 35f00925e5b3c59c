import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { findNode, isNewEnough, LEAST_NODE } from '../../bin/hand-over.js';
import { newFolder, writeFiles } from '../setup/folder.ts';
import { isRunning, oldNode, run, start } from '../setup/programs.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const old = oldNode();

/** A command line that does what its first argument says. */
const PROGRAM = `
import { readdirSync, readFileSync } from 'node:fs';

export async function main([what, ...args]) {
  switch (what) {
    case 'tell':
      console.log(JSON.stringify({ node: process.version, args, launcher: process.env.ROWTRAIL_LAUNCHER_PID ?? null }));
      return 0;
    case 'tell-flags': {
      const threads = readdirSync('/proc/self/task').map((id) => readFileSync('/proc/self/task/' + id + '/comm', 'utf8'));
      const collectors = threads.filter((name) => name.startsWith('V8Worker')).length;
      const { MALLOC_ARENA_MAX: arenas } = process.env;
      console.log(JSON.stringify({ pid: process.pid, flags: process.execArgv, arenas, collectors, isTied: process.connected === true }));
      return 0;
    }
    case 'exit':
      return Number(args[0]);
    case 'say':
      process.stdout.write('x'.repeat(Number(args[0])));
      return 3;
    case 'linger':
      setInterval(() => {}, 1000);
      return 0;
    case 'copy':
      for await (const chunk of process.stdin) process.stdout.write(chunk);
      return 0;
    case 'fail':
      throw new Error('it went wrong');
    case 'wait': {
      const timer = setInterval(() => {}, 1000);
      const signal = new Promise((resolve) => {
        for (const name of args) process.on(name, () => resolve(name));
      });
      console.log('pid ' + process.pid);
      console.log('got ' + (await signal));
      clearInterval(timer);
      return 130;
    }
  }
}
`;

/** An installed rowtrail with that command line; `withNode`: and the \`node\` package beside it. */
function installed({ withNode = true, built = true } = {}): string {
  const root = newFolder();
  const home = join(root, 'node_modules', 'rowtrail');
  cpSync(join(repository, 'bin'), join(home, 'bin'), { recursive: true });
  writeFiles(home, {
    'package.json': '{"type":"module"}',
    ...(built && { 'dist/program/start.js': PROGRAM }),
  });
  if (withNode) addNode(join(root, 'node_modules', 'node'), process.version);
  return join(home, 'bin', 'rowtrail.js');
}

function addNode(folder: string, version: string): void {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ version: version.replace('v', '') }));
  symlinkSync(process.execPath, join(folder, 'bin', 'node'));
}

/** Starts the launcher on an old Node; without one on this machine, the function it would call there. */
function launcher(script: string, ...args: string[]): string[] {
  if (old !== null) return [old, script, ...args];
  const functions = pathToFileURL(join(script, '..', 'hand-over.js')).href;
  const code = `import { findNode, handOver } from ${JSON.stringify(functions)};
    handOver(findNode(process.argv[1]), process.argv.slice(1));`;
  return [process.execPath, '--input-type=module', '--eval', code, '--', script, ...args];
}

describe('handing over from an old Node', () => {
  test('the program runs on the Node beside it, with its arguments as they were', async () => {
    const args = ['a b', '--', '*', '', "it's"];
    const { code, stdout, stderr } = await run(launcher(installed(), 'tell', ...args));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({ node: process.version, args, launcher: null });
  });

  test('the exit code is the program’s', async () => {
    expect(await run(launcher(installed(), 'exit', '3'))).toMatchObject({ code: 3, signal: null });
  });

  test('the program reads the input', async () => {
    expect((await run(launcher(installed(), 'copy'), { input: 'line\n' })).stdout).toBe('line\n');
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s reaches the program, and the launcher waits for it',
    async (name) => {
      const started = start(launcher(installed(), 'wait', name));
      await started.printed(/pid \d+/);
      started.process.kill(name);
      const { code, stdout } = await started.ended;
      expect(stdout).toContain(`got ${name}`);
      expect(code).toBe(130);
    },
  );

  test('a program that dies of a signal takes the launcher with it, by the same signal', async () => {
    const started = start(launcher(installed(), 'wait', 'SIGUSR2'));
    const [, pid] = await started.printed(/pid (\d+)/);
    process.kill(Number(pid), 'SIGTERM');
    expect(await started.ended).toMatchObject({ code: null, signal: 'SIGTERM' });
  });

  test('a launcher that is killed with -9 leaves no program behind', async () => {
    const started = start(launcher(installed(), 'wait', 'SIGTERM'));
    const pid = Number((await started.printed(/pid (\d+)/))[1]);
    expect(isRunning(pid)).toBe(true);
    started.process.kill('SIGKILL');
    for (let tries = 0; isRunning(pid) && tries < 400; tries++) await sleep(50);
    const left = isRunning(pid);
    if (left) process.kill(pid, 'SIGKILL');
    expect(left).toBe(false);
  });

  test('without a newer Node it says in one line which it needs', async () => {
    const script = installed({ withNode: false });
    expect(findNode(script)).toBeNull();
    if (old === null) return;
    const { code, stdout, stderr } = await run([old, script, '--version']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^rowtrail needs Node 22\.19 or newer; this is v\d+\.\d+\.\d+: .+\n$/);
  });
});

describe('on a Node that is new enough', () => {
  test('the program runs in the launcher’s own process', async () => {
    const { code, stdout } = await run([process.execPath, installed({ withNode: false }), 'tell', 'x']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ args: ['x'] });
  });

  test('it collects garbage with one thread beside and allocates from two arenas, in the same process', async () => {
    const started = start([process.execPath, '--no-warnings', installed(), 'tell-flags']);
    const { code, stdout, stderr } = await started.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const flags = ['--no-warnings', '--v8-pool-size=1'];
    expect(JSON.parse(stdout)).toMatchObject({ pid: started.process.pid, flags, arenas: '2', collectors: 1 });
  });

  test.each([
    { what: 'a small CSV', csv: 'row_id\n1\n', flags: [] },
    { what: 'a large CSV', csv: 'row_id\n'.padEnd(300_000, '1\n'), flags: ['--v8-pool-size=1'] },
    { what: 'a CSV that is not there', csv: null, flags: [] },
  ])('for $what it has the flags $flags', async ({ csv, flags }) => {
    const folder = newFolder();
    if (csv !== null) writeFiles(folder, { 'people.csv': csv });
    const command = [process.execPath, installed(), 'tell-flags', join(folder, 'people.csv')];
    const { stdout } = await run(command);
    expect(JSON.parse(stdout)).toMatchObject({ flags });
  });

  test.each(['--version', '--help', 'help'])('for %s it has none', async (word) => {
    const { stdout } = await run([process.execPath, installed(), 'tell-flags', word]);
    expect(JSON.parse(stdout)).toMatchObject({ flags: [] });
  });

  test('what is left of the output is read to its end', async () => {
    const { code, stdout } = await run([process.execPath, installed(), 'say', String(4 << 20)]);
    expect({ code, length: stdout.length }).toEqual({ code: 3, length: 4 << 20 });
  });

  test('what goes on when the program has ended is not waited for', async () => {
    const { code, signal } = await run([process.execPath, installed(), 'linger']);
    expect({ code, signal }).toEqual({ code: 0, signal: null });
  });

  test('so it does below an old Node', async () => {
    const { stdout } = await run(launcher(installed(), 'tell-flags'));
    expect(JSON.parse(stdout)).toMatchObject({
      flags: ['--v8-pool-size=1'],
      arenas: '2',
      collectors: 1,
    });
  });

  test.each([
    ['on the command line', ['--v8-pool-size=3'], {}],
    ['in the environment', [], { NODE_OPTIONS: '--v8-pool-size=3' }],
  ])('whoever says otherwise %s is obeyed', async (_, flags, env) => {
    const command = [process.execPath, ...flags, installed(), 'tell-flags'];
    const { stdout } = await run(command, { env: { ...process.env, ...env } });
    expect(JSON.parse(stdout)).toMatchObject({ flags, collectors: 3 });
  });

  test('so is an environment that names a number of arenas', async () => {
    const env = { ...process.env, MALLOC_ARENA_MAX: '5' };
    const { stdout } = await run([process.execPath, installed(), 'tell-flags'], { env });
    expect(JSON.parse(stdout)).toMatchObject({ arenas: '5', collectors: 1 });
  });

  test('one that is tied to another process stays so', async () => {
    const child = fork(installed(), ['tell-flags'], { silent: true, execArgv: [] });
    if (child.stdout === null) throw new Error('its output is not for us');
    const [stdout] = await Promise.all([text(child.stdout), once(child, 'close')]);
    expect(JSON.parse(stdout)).toMatchObject({ pid: child.pid, isTied: true });
  });

  test('what is compiled is kept beside the program, and a later start is the same', async () => {
    const script = installed();
    const kept = join(script, '..', '..', 'dist', 'program', 'compiled');
    // The tests' own place for it would be used instead.
    const env = { ...process.env, NODE_COMPILE_CACHE: undefined };
    const first = await run([process.execPath, script, 'tell', 'x'], { env });
    expect(readdirSync(kept, { recursive: true }).length).toBeGreaterThan(1);
    expect(await run([process.execPath, script, 'tell', 'x'], { env })).toMatchObject({
      stdout: first.stdout,
      code: 0,
    });
    writeFiles(join(script, '..', '..'), {
      'dist/program/start.js': "export const main = () => console.log('built anew')",
    });
    expect(await run([process.execPath, script], { env })).toMatchObject({ stdout: 'built anew\n' });
  });

  test('where nothing can be kept it works as well, and says nothing of it', async () => {
    const script = installed();
    writeFiles(join(script, '..', '..'), { 'dist/program/compiled': 'in the way' });
    const { code, stdout, stderr } = await run([process.execPath, script, 'tell', 'x'], {
      env: { ...process.env, NODE_COMPILE_CACHE: undefined },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ args: ['x'] });
  });

  test('an error that the program lets through is one line and exit code 1', async () => {
    const { code, stderr } = await run([process.execPath, installed(), 'fail']);
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'rowtrail: it went wrong\n' });
  });

  test('a missing build is named with the command that makes it', async () => {
    const { code, stderr } = await run([process.execPath, installed({ built: false }), '--version']);
    expect(code).toBe(1);
    expect(stderr).toBe('rowtrail is not built yet: run `npm run build` in its folder.\n');
  });
});

describe('which Node', () => {
  test('the oldest one is the one that package.json names', () => {
    const { engines } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
      engines: { node: string };
    };
    expect(engines.node).toBe(`>=${LEAST_NODE}.0`);
  });

  test.each([
    ['v20.20.2', false],
    ['v22.18.0', false],
    ['v22.19.0', true],
    ['v23.0.0', true],
    ['24.21.0', true],
    ['v100.0.0', true],
  ])('%s is new enough: %s', (version, expected) => {
    expect(isNewEnough(version)).toBe(expected);
  });

  test('one that is too old is passed over for one further up', () => {
    const script = installed();
    addNode(join(script, '..', '..', 'node_modules', 'node'), 'v20.0.0');
    expect(findNode(script)).toBe(join(script, '..', '..', '..', 'node', 'bin', 'node'));
  });
});

describe('npm start', () => {
  function startScript(): { script: string; root: string } {
    const root = join(installed(), '..', '..');
    mkdirSync(join(root, 'scripts'));
    cpSync(join(repository, 'scripts', 'start.js'), join(root, 'scripts', 'start.js'));
    return { script: join(root, 'scripts', 'start.js'), root };
  }
  const SHOW =
    'export const main = async (args) => { console.log(JSON.stringify([process.cwd(), args])); return 4; };';

  test('without arguments it is the demo', async () => {
    const { script, root } = startScript();
    writeFiles(root, { 'dist/program/start.js': SHOW });
    const { code, stdout } = await run([process.execPath, script], { cwd: root });
    expect(JSON.parse(stdout)).toEqual([root, ['demo']]);
    expect(code).toBe(4);
  });

  test('with arguments it is rowtrail, in the folder where npm was called', async () => {
    const { script, root } = startScript();
    const elsewhere = newFolder();
    writeFiles(root, { 'dist/program/start.js': SHOW });
    const env = { ...process.env, npm_lifecycle_event: 'start', INIT_CWD: elsewhere };
    const { stdout } = await run([process.execPath, script, 'run', 'people.csv'], { cwd: root, env });
    expect(JSON.parse(stdout)).toEqual([elsewhere, ['run', 'people.csv']]);
  });
});

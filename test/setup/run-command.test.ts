import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { runCommand } from '../../scripts/setup/run-command.js';

const run = promisify(execFile);

it('tells whether a program ended well, and what it printed', async () => {
  expect(await runCommand(['sh', '-c', 'echo words; echo more >&2'])).toEqual({
    ok: true,
    output: expect.stringContaining('words'),
  });
  expect(await runCommand(['sh', '-c', 'exit 3'])).toEqual({ ok: false, output: '' });
});

it('ends a program that takes too long', async () => {
  expect(await runCommand(['sleep', '600'], { timeoutMs: 50 })).toEqual({ ok: false, output: '' });
});

it.each([['/nowhere/program'], ['true']])(
  'holds the process no longer than %s, however much time it was given',
  async (program) => {
    const module = new URL('../../scripts/setup/run-command.js', import.meta.url).href;
    const script = `
      const { runCommand } = await import(${JSON.stringify(module)});
      await runCommand([${JSON.stringify(program)}], { timeoutMs: 3_600_000 });
      console.log(JSON.stringify(process.getActiveResourcesInfo().filter((name) => name === 'Timeout')));
    `;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script]);
    expect(JSON.parse(stdout)).toEqual([]);
  },
);

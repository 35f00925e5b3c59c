import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { findPostgres } from '../../../scripts/repository/postgres.js';
import { tempFolder } from '../../support/temp-folder.ts';

const WARDEN = fileURLToPath(new URL('../../support/postgres-warden.js', import.meta.url));

const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });

it('the PostgreSQL of a test outlives Ctrl-C, and ends with its data when the process of the test is gone', async () => {
  const folder = await tempFolder();
  await chmod(folder, 0o755);
  const warden = spawn(process.execPath, [WARDEN, findPostgres(process.env) ?? '', 'fsync=off'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: folder },
  });
  const [line] = (await once(warden.stdout, 'data')) as [Buffer];
  const port = Number(line.toString().split(' ')[1]);
  warden.kill('SIGINT');
  warden.kill('SIGTERM');
  expect(await answers(port)).toBe(true);
  expect(await readdir(folder)).toHaveLength(1);
  // As the kernel does it for a process that is killed.
  warden.stdin.destroy();
  await once(warden, 'exit');
  expect(await answers(port)).toBe(false);
  expect(await readdir(folder)).toEqual([]);
});

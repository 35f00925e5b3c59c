import { execFile, spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { listFailures } from '../../src/index.ts';
import { csvFile, HEADER, readCells } from '../tracker/fixtures.ts';
import { file, video } from './fixtures.ts';

/** The command that gives what it starts a machine without a network; null where this user may not. */
const WITHOUT_NETWORK =
  [
    ['unshare', '--net'],
    ['unshare', '--user', '--map-root-user', '--net'],
  ].find(([command = '', ...args]) => spawnSync(command, [...args, 'true']).status === 0) ?? null;

it.skipIf(WITHOUT_NETWORK === null)(
  'a row or two without a network lose no attempt; a host that only a link names may not exist',
  async () => {
    const csv = await csvFile([
      HEADER,
      `1,A,a@x,T,${video('aaaaaaaaaaa')},${file('no-network-1')},`,
      '2,B,b@x,T,,https://files.example.invalid/x.bin,',
    ]);
    const index = JSON.stringify(new URL('../../src/index.ts', import.meta.url).href);
    const program = `import { runWorkflow } from ${index};
      const { complete } = await runWorkflow(${JSON.stringify(csv)}, {
        youtubeDir: ${JSON.stringify(join(dirname(csv), 'youtube'))},
        driveDir: ${JSON.stringify(join(dirname(csv), 'drive'))},
        allowDirectLinks: true, retryAttempts: 1, pace: 'off',
      });
      console.log(JSON.stringify({ complete }));`;
    const [command = '', ...args] = WITHOUT_NETWORK ?? [];
    const node = [process.execPath, '--input-type=module', '-e', program];
    const env = { PATH: process.env['PATH'] ?? '' };
    const { stdout } = await promisify(execFile)(command, [...args, ...node], { env });
    expect(JSON.parse(stdout)).toEqual({ complete: false });
    const [first, second] = await readCells(csv);
    expect(first).toMatchObject({ youtube_status: 'pending', drive_status: 'pending' });
    expect(second).toMatchObject({ drive_status: 'failed' });
    const failures = (await listFailures(csv)).map(({ rowId, cause, attempts }) => [rowId, cause, attempts]);
    expect(failures).toEqual([['2', 'dns_failed', 1]]);
  },
);

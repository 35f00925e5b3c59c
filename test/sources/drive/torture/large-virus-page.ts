import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DriveFile, type Internet, startInternet } from '../../../../src/demo/internet/index.ts';
import { STAGING_FOLDER } from '../../../../src/files/index.ts';

const BLOCK = 4 << 20;

/**
 * Fetches a large file from behind the page that says no virus scan was possible, kills the process in the middle and lets
 * the next one finish.
 * @throws AssertionError when the file is wrong or its beginning was fetched twice
 */
export async function fetchLargeWithKill(folder: string, bytes: number) {
  const internet = await startInternet();
  try {
    const file = internet.drive.addFile({
      name: 'large.bin',
      body: { size: bytes, seed: 'large' },
      behaviour: 'virus',
    });
    const out = join(folder, 'drive');
    const first = download(internet, file, out);
    let atKill = 0;
    while (atKill < bytes / 2 && first.child.exitCode === null) {
      await sleep(5);
      atKill = await partBytes(out);
    }
    assert.equal(first.child.exitCode, null, 'it was over before it could be killed');
    first.child.kill('SIGKILL');
    await first.ended;
    const left = await partBytes(out);
    assert.deepEqual(await namesIn(out), [], 'a part got the name of a file');
    const before = internet.requests.length;

    const second = download(internet, file, out);
    assert.deepEqual(await second.ended, [0, null]);
    const starts = internet.requests
      .slice(before)
      .flatMap(({ headers }) => /^bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? [])
      .map(Number);
    const requests = internet.requests.slice(before).filter(({ path }) => path.includes('download'));
    assert.ok(starts.length > 0 && requests.every(({ headers }) => headers.range !== undefined));
    assert.ok(Math.min(...starts) >= left - (1 << 20), `${left} bytes were there, it began at ${starts}`);
    const [name = ''] = (await namesIn(out)).filter((found) => found.endsWith('.bin'));
    assert.equal(await sha256OfFile(join(out, name)), sha256OfContent(file));
    return { bytes, left };
  } finally {
    await internet.close();
  }
}

function download(internet: Internet, { id }: DriveFile, out: string) {
  const from = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  const program = `import { downloadDriveWithContext } from ${from('../../../../src/sources/drive/index.ts')};
    import { RowContext } from ${from('../../../../src/row/index.ts')};
    const row = new RowContext({ rowId: '1', rowIndex: 0, type: 'A', name: 'P', email: 'p@example.org' });
    const result = await downloadDriveWithContext('https://drive.google.com/file/d/${id}/view', row, {
      outputDir: ${JSON.stringify(out)},
      network: { proxy: ${JSON.stringify(internet.proxyUrl)}, caCertFile: ${JSON.stringify(internet.caCertFile)} },
    });
    if (!result.success) throw new Error(result.errorMessage);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return { child, ended: once(child, 'close') };
}

async function partBytes(out: string): Promise<number> {
  const names = await readdir(join(out, STAGING_FOLDER), { recursive: true }).catch(() => []);
  const part = names.find((name) => name.endsWith('.part'));
  const found = part === undefined ? null : await stat(join(out, STAGING_FOLDER, part)).catch(() => null);
  return found?.size ?? 0;
}

async function namesIn(out: string): Promise<readonly string[]> {
  return (await readdir(out)).filter((name) => name !== STAGING_FOLDER);
}

async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: BLOCK })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

function sha256OfContent({ body }: DriveFile): string {
  const hash = createHash('sha256');
  for (let at = 0; at < body.size; at += BLOCK) hash.update(body.slice(at, Math.min(body.size, at + BLOCK)));
  return hash.digest('hex');
}

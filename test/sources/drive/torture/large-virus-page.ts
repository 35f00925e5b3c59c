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
import { readRecord } from '../../../../src/sources/drive/transfer/part-record.ts';
import { bytesIn, type Range } from '../../../../src/sources/drive/transfer/ranges.ts';

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
      // Slow enough to be killed in the middle.
      faults: { download: { bytesPerSecond: bytes / 64 } },
    });
    const out = join(folder, 'drive');
    const first = download(internet, file, out);
    let atKill = 0;
    while (atKill < bytes / 2 && first.child.exitCode === null) {
      await sleep(10);
      atKill = bytesIn(await arrivedIn(out));
    }
    assert.equal(first.child.exitCode, null, 'it was over before it could be killed');
    first.child.kill('SIGKILL');
    await first.ended;
    const arrived = await arrivedIn(out);
    const left = bytesIn(arrived);
    assert.deepEqual(await namesIn(out), [], 'a part got the name of a file');
    const before = internet.requests.length;

    file.faults = {};
    const second = download(internet, file, out);
    assert.deepEqual(await second.ended, [0, null]);
    const asked = internet.requests.slice(before).map(({ headers }) => headers.range ?? 'bytes=0-');
    const again = asked.flatMap((range) => {
      const [, start, last] = /^bytes=(\d+)-(\d*)$/.exec(range) ?? [];
      const end = last === undefined || last === '' ? bytes : Number(last) + 1;
      return arrived.map((there) => Math.min(there.end, end) - Math.max(there.start, Number(start)));
    });
    assert.ok(Math.max(...again) <= 1 << 20, `what was there was asked for again: ${asked.join(' ')}`);
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

/** What the part holds, by its own record. */
async function arrivedIn(out: string): Promise<readonly Range[]> {
  const names = await readdir(join(out, STAGING_FOLDER), { recursive: true }).catch(() => []);
  const name = names.find((found) => found.endsWith('.json')) ?? '';
  // The length first: by the time of the record, bytes may have come out of order.
  const length = await partBytes(out);
  const record = await readRecord(join(out, STAGING_FOLDER, name));
  return record?.ranges ?? [{ start: 0, end: record === null ? 0 : length }];
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

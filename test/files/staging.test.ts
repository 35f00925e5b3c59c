import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clearStaging, openAttempt, STAGING_FOLDER, type AttemptKey } from '../../src/files/index.ts';
import { newFolder } from './folder.ts';

const key = (rowId: string, link = 'https://drive.google.com/open?id=abcdefghij'): AttemptKey => ({
  rowId,
  downloadType: 'drive',
  link,
});

describe('staging', () => {
  it('gives the same row, type and link the same folder again, with what was left in it', async () => {
    const out = await newFolder();
    const first = await openAttempt(out, key('007'));
    await writeFile(join(first.dir, 'part'), 'half');
    await first.close();
    const second = await openAttempt(out, key('007'));
    expect(second.dir).toBe(first.dir);
    expect(await readdir(second.dir)).toContain('part');
    await second.close();
  });

  it('keeps rows, types and links apart', async () => {
    const out = await newFolder();
    const attempts = await Promise.all([
      openAttempt(out, key('1')),
      openAttempt(out, key('01')),
      openAttempt(out, key('1', 'another')),
      openAttempt(out, { ...key('1'), downloadType: 'youtube' }),
    ]);
    expect(new Set(attempts.map(({ dir }) => dir)).size).toBe(4);
    await Promise.all(attempts.map((attempt) => attempt.close()));
  });

  it('never gives one folder to two attempts at once', async () => {
    const out = await newFolder();
    const [first, second] = await Promise.all([openAttempt(out, key('1')), openAttempt(out, key('1'))]);
    expect(first.dir).not.toBe(second.dir);
    await Promise.all([first.discard(), second.discard()]);
    expect(existsSync(join(out, STAGING_FOLDER))).toBe(false);
  });

  it('leaves no staging folder when the last attempt is discarded', async () => {
    const out = await newFolder();
    const [first, second] = [await openAttempt(out, key('1')), await openAttempt(out, key('2'))];
    await first.discard();
    expect(existsSync(second.dir)).toBe(true);
    await second.discard();
    expect(await readdir(out)).toEqual([]);
    await second.discard();
  });

  it('clears what belongs to no download, and neither what is kept nor what is in use', async () => {
    const out = await newFolder();
    const kept = await openAttempt(out, key('kept'));
    const gone = await openAttempt(out, key('gone'));
    const used = await openAttempt(out, key('used'));
    await Promise.all([kept.close(), gone.close()]);
    await clearStaging(out, [key('kept')]);
    expect([kept, gone, used].map(({ dir }) => existsSync(dir))).toEqual([true, false, true]);
    await used.close();
    await clearStaging(out, []);
    expect(await readdir(out)).toEqual([]);
    await clearStaging(join(out, 'never made'), []);
  });

  it('clears nothing that it did not make: where a link leads, and folders of other names', async () => {
    const out = await newFolder();
    const elsewhere = await newFolder();
    await mkdir(join(elsewhere, 'holidays'));
    await writeFile(join(elsewhere, 'holidays', 'beach.jpg'), 'sand');
    await symlink(elsewhere, join(out, STAGING_FOLDER));
    const { dir, close } = await openAttempt(out, key('1'));
    await close();
    await clearStaging(out, []);
    expect(existsSync(dir)).toBe(true);
    await rm(join(out, STAGING_FOLDER));
    await rename(elsewhere, join(out, STAGING_FOLDER));
    await clearStaging(out, []);
    expect(await readdir(join(out, STAGING_FOLDER))).toEqual(['holidays']);
    expect(await readFile(join(out, STAGING_FOLDER, 'holidays', 'beach.jpg'), 'utf8')).toBe('sand');
  });

  it('gives the folder of a killed process to the next attempt', async () => {
    const out = await newFolder();
    const module = new URL('../../src/files/index.ts', import.meta.url).href;
    const script = `import { openAttempt } from ${JSON.stringify(module)};
      const { dir } = await openAttempt(${JSON.stringify(out)}, ${JSON.stringify(key('1'))});
      console.log(dir); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [printed] = (await once(child.stdout, 'data')) as [Buffer];
    const dir = printed.toString().trim();
    const meanwhile = await openAttempt(out, key('1'));
    expect(meanwhile.dir).not.toBe(dir);
    await meanwhile.discard();
    child.kill('SIGKILL');
    await once(child, 'close');
    const next = await openAttempt(out, key('1'));
    expect(next.dir).toBe(dir);
    await next.discard();
  });

  it('is given up by one while the next begins in it, and neither loses anything', async () => {
    const out = await newFolder();
    const work = async () => {
      for (let n = 0; n < 25; n++) {
        const { dir, discard } = await openAttempt(out, key('1'));
        const paths = ['a', 'b', 'c'].map((name) => join(dir, name));
        for (const path of paths) await writeFile(path, 'x');
        expect(paths.every((path) => existsSync(path))).toBe(true);
        await discard();
      }
    };
    await Promise.all(Array.from({ length: 16 }, work));
    expect(existsSync(join(out, STAGING_FOLDER))).toBe(false);
  });

  it('says which folder it may not write to', async () => {
    const out = join(await newFolder(), 'file');
    await writeFile(out, 'a file where the download folder should be');
    await expect(openAttempt(out, key('1'))).rejects.toMatchObject({
      name: 'RowtrailError',
      category: 'file_io',
    });
  });
});

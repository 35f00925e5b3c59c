import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { clearStaging, iterateSidecars, storeItem } from '../../src/files/index.ts';
import { factsOf, namesIn, newFolder, NOW, rowOf, stage } from './folder.ts';

/** Stores items of three files each, one after the other, until it is killed. */
function storingProgram(outputDir: string, run: number): string {
  const from = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  return `import { openAttempt, storeItem } from ${from('../../src/files/index.ts')};
    import { RowContext } from ${from('../../src/row/index.ts')};
    import { writeFile } from 'node:fs/promises';
    const outputDir = ${JSON.stringify(outputDir)};
    for (let i = 0; ; i += 1) {
      const rowId = '${run}-' + i;
      const attempt = await openAttempt(outputDir, { rowId, downloadType: 'drive', link: 'x' });
      const staged = [];
      for (const extension of ['.a', '.b', '.c']) {
        staged.push({ path: attempt.dir + '/x' + extension, extension });
        await writeFile(attempt.dir + '/x' + extension, rowId + extension);
      }
      await storeItem({
        outputDir, staged, stem: 'item' + rowId, now: new Date(),
        row: new RowContext({ rowId, rowIndex: i, type: 'T', name: '', email: '' }),
        sidecar: { kind: 'file', mediaId: 'x', position: 0, sourceUrl: 'x', title: null, tools: {}, generation: 1 },
      });
      await attempt.discard();
      if (i === 1) console.log('begun');
    }`;
}

it('leaves no file that no sidecar names, whenever the process is killed', async () => {
  const out = await newFolder();
  for (let run = 0; run < 6; run += 1) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', storingProgram(out, run)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const closed = once(child, 'close');
    await once(child.stdout, 'data');
    await delay(20 + run * 7);
    child.kill('SIGKILL');
    await closed;
  }
  const listed = new Set<string>();
  for await (const { path, sidecar } of iterateSidecars(out)) {
    listed.add(path.slice(out.length + 1));
    for (const { name } of sidecar.files) listed.add(name);
  }
  const names = await namesIn(out);
  expect(names.length).toBeGreaterThan(24);
  expect(names.filter((name) => !listed.has(name))).toEqual([]);
  await clearStaging(out, []);
  expect((await namesIn(out)).length).toBe(names.length);
});

it('takes the same name again when a crash left the sidecar without its file', async () => {
  const out = await newFolder();
  const store = async (content: string) =>
    storeItem({
      outputDir: out,
      row: rowOf('1'),
      stem: 'name_row1',
      staged: [await stage(out, '1', content, '.bin')],
      sidecar: factsOf('abcdefghij'),
      now: NOW,
    });
  await store('first');
  await rm(join(out, 'name_row1.bin'));
  expect((await store('second')).files[0]?.path).toBe('name_row1.bin');
  expect(await readFile(join(out, 'name_row1.bin'), 'utf8')).toBe('second');
});

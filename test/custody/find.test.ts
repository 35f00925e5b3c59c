import { copyFile, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findFile, findRowByFile } from '../../src/index.ts';
import { tempFolder } from '../support/temp-folder.ts';
import {
  afterRun,
  earlierSidecar,
  homeOf,
  type Home,
  type Medium,
  nameOf,
  put,
  putMedium,
  recordAll,
  sidecarNameOf,
} from './fixtures.ts';

const ADA: Medium = { rowId: '001', mediaId: 'aaaaaaaaaaa', content: 'the engine' };
const BOB: Medium = { rowId: '002', mediaId: 'bbbbbbbbbbb', content: 'the hammer' };
/** The same video as Ada's, made into a file of other bytes. */
const CLEO: Medium = { rowId: '003', mediaId: 'aaaaaaaaaaa', content: 'the engine, once more' };
const DORA: Medium = { rowId: '004', mediaId: 'ddddddddddd', content: 'the engine', kind: 'file' };
const ALL = [ADA, BOB, CLEO, DORA];

const found = async (home: Home, file: string) =>
  (await findFile(file, { cwd: home.folder })).rows.map(({ rowId, by }) => `${rowId} ${by}`);

async function withoutLedger(home: Home): Promise<void> {
  await rm(join(home.folder, '.rowtrail'), { recursive: true });
}

describe.each(['with the ledger', 'from sidecars alone'])('find %s', (how) => {
  const start = async () => {
    const home = await afterRun(ALL);
    if (how === 'from sidecars alone') await withoutLedger(home);
    return home;
  };

  it("names the path's own row first, then every row that shares bytes or medium", async () => {
    const home = await start();
    expect(await found(home, join(home.youtube, nameOf(ADA)))).toEqual([
      '001 path',
      '004 content',
      '003 medium',
    ]);
    expect(await found(home, join(home.youtube, nameOf(BOB)))).toEqual(['002 path']);
  });

  it('finds a renamed copy anywhere by its bytes', async () => {
    const home = await start();
    const copy = join(await tempFolder(), 'holiday.mov');
    await copyFile(join(home.youtube, nameOf(ADA)), copy);
    expect(await found(home, copy)).toEqual(['001 content', '004 content', '003 medium']);
    await writeFile(copy, 'other bytes');
    expect(await found(home, copy)).toEqual([]);
  });

  it('finds a file by its name alone, also when it is gone', async () => {
    const home = await start();
    await rm(join(home.youtube, nameOf(BOB)));
    expect(await found(home, nameOf(BOB))).toEqual(['002 name']);
  });

  it('says so when symbolic links lead in a circle', async () => {
    const home = await start();
    await symlink('b', join(home.folder, 'a'));
    await symlink('a', join(home.folder, 'b'));
    await mkdir(join(home.youtube, 'deep'));
    await symlink('..', join(home.youtube, 'deep', 'up'));
    await expect(found(home, 'a')).rejects.toMatchObject({ code: 'link_loop' });
    expect(await found(home, nameOf(BOB))).toEqual(['002 name']);
  });
});

describe('find', () => {
  it('says that a row_id stands in two CSVs, and which row is whose', async () => {
    const home = await afterRun([ADA]);
    const other = { ...home, csv: join(home.folder, 'more.csv') };
    await copyFile((await homeOf([ADA])).csv, other.csv);
    await recordAll(other, [ADA]);
    const { rows, notes } = await findFile(nameOf(ADA), { cwd: home.folder });
    expect(rows.map(({ csv }) => csv)).toEqual(
      ['more.csv', 'people.csv'].map((name) => join(home.folder, name)),
    );
    expect(notes).toEqual(['row_id 001 stands in more.csv and people.csv: these are two rows']);
  });

  it('takes nothing from a ledger that is not there, but from the sidecars of a moved folder', async () => {
    const home = await afterRun([ADA]);
    await withoutLedger(home);
    await mkdir(join(home.youtube, 'sorted'));
    for (const name of [nameOf(ADA), sidecarNameOf(ADA)])
      await rename(join(home.youtube, name), join(home.youtube, 'sorted', name));
    const copy = await put(join(home.folder, 'x.mp4'), ADA.content);
    expect(await found(home, copy)).toEqual(['001 content']);
  });

  it('compares with the files of earlier tools, whose sidecars list no hashes', async () => {
    const home = await afterRun([ADA]);
    await withoutLedger(home);
    await put(join(home.youtube, 'old clip_metadata.json'), earlierSidecar('042'));
    await put(join(home.youtube, 'old clip.mp4'), 'of long ago');
    const copy = await put(join(home.folder, 'renamed.mp4'), 'of long ago');
    expect(await found(home, copy)).toEqual(['042 content']);
    expect(await found(home, 'old clip.mp4')).toEqual(['042 name']);
  });
});

describe('findRowByFile', () => {
  it('knows a renamed file by its bytes', async () => {
    const { youtube } = await afterRun([ADA, BOB]);
    await rename(join(youtube, nameOf(ADA)), join(youtube, 'mine.mp4'));
    expect(await findRowByFile('mine.mp4', youtube)).toMatchObject({ rowId: '001', name: 'Person 001' });
    expect(
      await findRowByFile(await put(join(dirname(youtube), 'y.mp4'), BOB.content), youtube),
    ).toMatchObject({ rowId: '002' });
  });

  it('guesses nothing where two sidecars claim one file', async () => {
    const { youtube, folder } = await afterRun([ADA]);
    await rm(join(folder, '.rowtrail'), { recursive: true });
    await putMedium(youtube, { ...ADA, rowId: '009' });
    const claim = await readFile(join(youtube, sidecarNameOf(ADA)), 'utf8');
    await writeFile(
      join(youtube, 'second_metadata.json'),
      claim.replace('"source_csv_row_id": "001"', '"source_csv_row_id": "005"'),
    );
    const message = /is claimed by .*_metadata.json \(row 001\) and second_metadata.json \(row 005\)/;
    await expect(findRowByFile(nameOf(ADA), youtube)).rejects.toMatchObject({
      code: 'ambiguous_row',
      message: expect.stringMatching(message),
    });
    const { rows, notes } = await findFile(join(youtube, nameOf(ADA)), { cwd: folder });
    expect(
      rows
        .filter(({ by }) => by === 'path')
        .map(({ rowId }) => rowId)
        .toSorted(),
    ).toEqual(['001', '005']);
    expect(notes).toEqual([expect.stringMatching(message)]);
  });

  it('guesses nothing where a renamed file has the bytes of two rows', async () => {
    const { youtube } = await afterRun([ADA, { ...BOB, content: ADA.content }]);
    await put(join(youtube, 'mine.mp4'), ADA.content);
    await expect(findRowByFile('mine.mp4', youtube)).rejects.toMatchObject({ code: 'ambiguous_row' });
    expect(await findRowByFile(nameOf(BOB), youtube)).toMatchObject({ rowId: '002' });
  });
});

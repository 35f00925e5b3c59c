import { mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { AbandonedTemps, CsvChangedError, CsvSnapshot } from '../../src/csv/index.ts';
import { nodeFileSystem, type ReplaceFileSystem } from '../../src/csv/file-system.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder();
const CONTENT = 'row_id,type,youtube_playlist\n1,INTJ,-\n';
const TEMP = '.people.csv.rowtrail-0123456789abcdef.tmp';

/** A CSV in a folder of its own, and how often its folder was read. */
async function csvAlone(name: string) {
  await mkdir(join(folder.path, name));
  const path = await folder.file(CONTENT, join(name, 'people.csv'));
  const looks: string[] = [];
  const fileSystem: ReplaceFileSystem = {
    ...nodeFileSystem,
    readdir: (read) => {
      looks.push(read);
      return nodeFileSystem.readdir(read);
    },
  };
  return { path, looks, temps: new AbandonedTemps(path, fileSystem) };
}

it('reads the folder again only after somebody changed it', async () => {
  const { path, looks, temps } = await csvAlone('looks');
  expect(await temps.remove()).toBe(0);
  expect(await temps.remove()).toBe(0);
  expect(looks).toHaveLength(1);

  await using snapshot = await CsvSnapshot.open(path);
  await snapshot.rewrite({ edits: new Map(), addTrackingColumns: true });
  temps.noteNone();
  expect(await temps.remove()).toBe(0);
  expect(looks).toHaveLength(1);

  await new Promise((resolve) => setTimeout(resolve, 20));
  await folder.file('left by a killed process', join('looks', TEMP));
  expect(await temps.remove()).toBe(1);
  expect(await readdir(join(folder.path, 'looks'))).toEqual(['people.csv']);
});

it('looks in the folder of a symbolic link’s target', async () => {
  const { path } = await csvAlone('target');
  await folder.file('left by a killed process', join('target', TEMP));
  const link = join(folder.path, 'link.csv');
  await symlink(path, link);
  expect(await new AbandonedTemps(link).remove()).toBe(1);
  expect(await readdir(join(folder.path, 'target'))).toEqual(['people.csv']);
});

it('says that a CSV is gone when it is', async () => {
  const temps = new AbandonedTemps(join(folder.path, 'nowhere.csv'));
  temps.noteNone();
  await expect(temps.remove()).rejects.toBeInstanceOf(CsvChangedError);
});

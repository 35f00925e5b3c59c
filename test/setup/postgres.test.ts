import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findPostgres, setUpPostgres } from '../../scripts/repository/postgres.js';
import { newFolder, writeFiles } from './folder.ts';
import { addPrograms, bareMachine } from './machine.ts';

describe('the PostgreSQL that the store is tested on', () => {
  test('is the one on PATH, where all its programs are, else the newest that packages brought', () => {
    const machine = bareMachine(process.execPath);
    const packages = newFolder();
    expect(findPostgres(machine.env, packages)).toBeNull();
    for (const version of ['9', '15', '17']) writeFiles(packages, { [`${version}/bin/postgres`]: '' });
    for (const version of ['9', '15']) writeFiles(packages, { [`${version}/bin/initdb`]: '' });
    addPrograms(machine, 'initdb');
    expect(findPostgres(machine.env, packages)).toBe(join(packages, '15', 'bin'));
    addPrograms(machine, 'postgres');
    expect(findPostgres(machine.env, packages)).toBe(machine.bin);
  });

  test('a machine without it, on which nothing may be installed, is told what to run', async () => {
    const { env } = bareMachine(process.execPath);
    await expect(setUpPostgres({ env, packages: newFolder() })).rejects.toThrow(
      /need PostgreSQL[\s\S]*postgresql/,
    );
  });

  test('one that is there is left alone', async () => {
    const machine = bareMachine(process.execPath);
    addPrograms(machine, 'initdb', 'postgres');
    const steps: string[] = [];
    await setUpPostgres({ env: machine.env, say: (line) => steps.push(line) });
    expect(steps).toEqual([]);
  });
});

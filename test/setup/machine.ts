import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder, writeFiles } from './folder.ts';
import { systemProgram } from './programs.ts';

/** A machine on which nothing but these programs is on PATH, with a home of its own. */
export interface Machine {
  readonly env: Readonly<Record<string, string>>;
  /** The only folder on PATH. */
  readonly bin: string;
  /** Where rowtrail keeps its own programs. */
  readonly toolFolder: string;
}

/** A machine with what Node and npm need, and Python. */
export function bareMachine(node = process.execPath): Machine {
  const home = newFolder();
  const bin = join(home, 'path');
  mkdirSync(bin);
  const programs = { node, npm: systemProgram('npm'), sh: systemProgram('sh'), python3: pythonItself() };
  for (const [name, program] of Object.entries(programs)) if (program) symlinkSync(program, join(bin, name));
  const env = { PATH: bin, HOME: home, XDG_DATA_HOME: join(home, 'data'), LANG: 'C.UTF-8' };
  return { env, bin, toolFolder: join(home, 'data', 'rowtrail', 'bin') };
}

/** The interpreter that a `python3` on PATH ends at: that may be a script of a version manager. */
function pythonItself(): string {
  return (
    spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).stdout?.trim() ??
    ''
  );
}

/** Puts programs on the machine's PATH that do nothing. */
export function addPrograms({ bin }: Machine, ...names: string[]): void {
  writeFiles(bin, Object.fromEntries(names.map((name) => [name, '#!/bin/sh\n'])));
}

import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newFolder } from '../setup/folder.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

export interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>;
}
export const manifest = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as Manifest;

/** rowtrail as somebody has it who installed only what it depends on. @returns its launcher */
export function installed(): string {
  const root = newFolder();
  for (const part of ['bin', 'dist', 'scripts/setup', 'package.json'])
    cpSync(join(repository, part), join(root, part), { recursive: true });
  for (const name of Object.keys(manifest.dependencies)) {
    const place = join(root, 'node_modules', name);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(join(repository, 'node_modules', name), place);
  }
  return join(root, 'bin', 'rowtrail.js');
}

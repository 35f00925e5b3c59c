import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { newFolder } from '../setup/folder.ts';
import { run } from '../setup/programs.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const LIBRARY = 'google-auth-library';

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>;
}
const manifest = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as Manifest;

/** rowtrail as somebody has it who installed only what it depends on. @returns its launcher */
function installed(): string {
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

const USER = JSON.stringify({ client_id: 'x', client_secret: 'y', refresh_token: 'z' });
const CSV = 'row_id,type,google_drive\r\n1,A,https://drive.google.com/file/d/abcdefghij0123/view\r\n';

test('without the library for Google credentials, what needs it names the command that installs it; the rest works', async () => {
  const launcher = installed();
  expect(existsSync(join(dirname(launcher), '..', 'node_modules', LIBRARY))).toBe(false);
  expect(manifest.peerDependenciesMeta[LIBRARY]?.optional).toBe(true);
  const major = /\d+/.exec(manifest.peerDependencies[LIBRARY] ?? '')?.[0];
  const command = `npm install ${LIBRARY}@${major}`;
  const cwd = newFolder();
  writeFileSync(join(cwd, 'token.json'), USER);
  writeFileSync(join(cwd, 'people.csv'), CSV);
  const rowtrail = async (...args: string[]) => {
    const { code, stdout, stderr } = await run([process.execPath, launcher, ...args], { cwd });
    return { code, said: `${stdout}${stderr}`.replaceAll(/\s+/g, ' ') };
  };

  const doctor = await rowtrail('doctor', '--google-credentials', 'token.json');
  expect(doctor.said).toContain(command);
  const fetched = await rowtrail('run', 'people.csv', '--google-credentials', 'token.json', '--skip-youtube');
  expect(fetched.code).toBe(3);
  expect(fetched.said).toContain(command);
  expect(readFileSync(join(cwd, 'people.csv'), 'utf8')).toContain(',pending,');
  const pending = await rowtrail('pending', 'people.csv', '--json');
  expect(pending.code).toBe(0);
});

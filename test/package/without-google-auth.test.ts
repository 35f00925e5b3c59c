import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { newFolder } from '../setup/folder.ts';
import { run } from '../setup/programs.ts';
import { installed, manifest } from './installed.ts';

const LIBRARY = 'google-auth-library';

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

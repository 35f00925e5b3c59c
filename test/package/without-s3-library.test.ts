import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newFolder } from '../setup/folder.ts';
import { run } from '../setup/programs.ts';
import { installed, manifest } from './installed.ts';

const LIBRARY = '@aws-sdk/client-s3';
const CSV = 'row_id,type,google_drive\r\n1,A,https://drive.google.com/file/d/abcdefghij0123/view\r\n';

test('without the library for object storage, what needs it names the command that installs it; the rest works', async () => {
  const launcher = installed();
  expect(manifest.peerDependenciesMeta[LIBRARY]?.optional).toBe(true);
  const major = /\d+/.exec(manifest.peerDependencies[LIBRARY] ?? '')?.[0];
  const command = `npm install ${LIBRARY}@${major}`;
  const cwd = newFolder();
  writeFileSync(join(cwd, 'people.csv'), CSV);
  const rowtrail = async (...args: string[]) => {
    const { code, stdout, stderr } = await run([process.execPath, launcher, ...args], { cwd });
    return { code, said: `${stdout}${stderr}`.replaceAll(/\s+/g, ' ') };
  };

  const fetched = await rowtrail('run', 'people.csv', '--output', 's3://a-bucket/x', '--skip-youtube');
  expect(fetched).toMatchObject({ code: 2 });
  expect(fetched.said).toContain(command);
  expect(readFileSync(join(cwd, 'people.csv'), 'utf8')).toBe(CSV);
  expect((await rowtrail('doctor', '--output', 's3://a-bucket/x')).said).toContain(command);
  expect((await rowtrail('pending', 'people.csv', '--json')).code).toBe(0);
});

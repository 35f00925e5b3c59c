import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { checkEnvironment } from '../../src/index.ts';
import { HEADER } from '../cli/fixtures.ts';
import { startTestInternet } from '../support/internet.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { csvFile, rowOf } from '../tracker/fixtures.ts';
import { workOn } from './fixtures.ts';

const KEY = 'AIzaSyLoopback-0123456789_abcdefghijklm';

let internet: Internet;
beforeAll(async () => {
  internet = await startTestInternet();
  internet.drive.accounts.apiKeys.add(KEY);
});
afterAll(() => internet.close());

const link = ({ id }: { readonly id: string }) => `https://drive.google.com/file/d/${id}/view`;

async function serviceAccount(name = 'reader') {
  const { email, keyFile } = internet.drive.accounts.addServiceAccount(
    `${name}@loopback.iam.gserviceaccount.com`,
  );
  const googleCredentials = join(await tempFolder(), 'key.json');
  await writeFile(googleCredentials, keyFile);
  return { email, googleCredentials };
}

describe('a run with credentials', () => {
  it('tries again what was not shared, once for each that are new', async () => {
    const [mine, other] = [await serviceAccount('mine'), await serviceAccount('other')];
    const file = internet.drive.addFile({ name: 'a.txt', sharedWith: [mine.email] });
    const csv = await csvFile([
      HEADER,
      `1,A,a@x,T,,${link(file)}`,
      `2,B,b@x,T,,${link({ id: 'never0123456789' })}`,
    ]);
    const tried = async (options: object) => (await workOn(internet, csv, options)).summary.drive.tried;
    expect(await tried({})).toBe(2);
    expect(await rowOf(csv, '1')).toMatchObject({ drive_status: 'failed' });
    expect(await tried({})).toBe(0);
    expect(await tried({ googleCredentials: other.googleCredentials, retryAttempts: 1 })).toBe(1);
    expect(await tried({ googleCredentials: other.googleCredentials })).toBe(0);
    expect(await tried({ googleCredentials: mine.googleCredentials })).toBe(1);
    expect(await rowOf(csv, '1')).toMatchObject({ drive_status: 'completed', drive_files: 'a_row1_T.txt' });
    expect(await rowOf(csv, '2')).toMatchObject({ drive_status: 'failed' });
  });

  it('says nothing of a key in anything that it leaves behind', async () => {
    const files = [internet.drive.addFile(), internet.drive.addFile({ behaviour: 'quota' })];
    const csv = await csvFile([HEADER, ...files.map((file, n) => `${n},A,a@x,T,,${link(file)}`)]);
    const { summary } = await workOn(internet, csv, { driveApiKey: KEY });
    expect(summary.drive.completed).toBe(1);
    const left = await readdir(dirname(csv), { recursive: true, withFileTypes: true });
    const regular = left.filter((entry) => entry.isFile());
    expect(regular.length).toBeGreaterThan(3);
    for (const { parentPath, name } of regular)
      expect((await readFile(join(parentPath, name))).includes(KEY)).toBe(false);
    expect(JSON.stringify(summary)).not.toContain(KEY);
  });

  it('tries nothing with a key that Google does not take', async () => {
    const csv = await csvFile([HEADER, `1,A,a@x,T,,${link(internet.drive.addFile())}`]);
    const { summary } = await workOn(internet, csv, { driveApiKey: 'AIzaSyWrong' });
    expect(summary).toMatchObject({ drive: { tried: 0, left: 1 }, complete: false });
    expect(summary.notes.join()).toContain('refused the API key');
    expect(summary.notes.join()).not.toContain('AIzaSyWrong');
    expect(await rowOf(csv, '1')).toMatchObject({ drive_status: 'pending' });
  });
});

describe('doctor', () => {
  const check = async (options: object) => {
    const network = { proxy: internet.proxyUrl, caCert: internet.caCertFile };
    const checks = await checkEnvironment({ ...network, ...options }, { PATH: process.env['PATH'] });
    return checks.find(({ name }) => name === 'way into Drive');
  };

  it('says which way into Drive is chosen, and tries it', async () => {
    const before = internet.requests.length;
    expect(await check({})).toMatchObject({
      status: 'ok',
      found: expect.stringContaining('without an account'),
    });
    expect(internet.requests.length).toBe(before);
    expect(await check({ driveApiKey: KEY })).toMatchObject({ status: 'ok', found: 'an API key: taken' });
    const { email, googleCredentials } = await serviceAccount();
    expect(await check({ googleCredentials })).toMatchObject({
      status: 'ok',
      found: `a service account, ${email}: taken`,
    });
  });

  it('says what is wrong with it', async () => {
    expect(await check({ driveApiKey: 'AIzaSyWrong' })).toMatchObject({
      status: 'problem',
      cause: 'credentials_unusable',
      found: 'Google refused the API key',
    });
    expect(await check({ googleCredentials: '/nowhere.json' })).toMatchObject({ status: 'problem' });
    expect(await check({ driveApiKey: KEY, proxy: 'http://127.0.0.1:9' })).toMatchObject({
      cause: 'proxy_refused',
      found: expect.stringContaining('The proxy 127.0.0.1:9 cannot be reached'),
    });
  });
});

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../src/demo/internet/faults.ts';
import type { Internet } from '../../src/demo/internet/index.ts';
import { checkEnvironment, planDownloads } from '../../src/index.ts';
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

const RESTRICTED: Fault = { status: 403, reason: 'forbidden', detail: 'API_KEY_HTTP_REFERRER_BLOCKED' };

/** Does something while the API refuses everything. */
async function refusing<T>(api: Fault, work: () => Promise<T>): Promise<T> {
  internet.drive.faults = { api };
  try {
    return await work();
  } finally {
    internet.drive.faults = {};
  }
}

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

  it('tries what was not shared of a completed row, and keeps what it has; plan foresees both', async () => {
    const mine = await serviceAccount('partly');
    const open = internet.drive.addFile({ name: 'open.txt', body: 'open' });
    const closed = internet.drive.addFile({ name: 'closed.txt', sharedWith: [mine.email] });
    const csv = await csvFile([
      HEADER,
      `1,A,a@x,T,,${link(open)} ${link(closed)}`,
      `2,B,b@x,T,,${link(closed)}`,
      `3,C,c@x,T,,${link(open)}`,
    ]);
    const driveDir = join(dirname(csv), 'drive');
    await workOn(internet, csv, { driveDir });
    expect(await rowOf(csv, '1')).toMatchObject({
      drive_status: 'completed',
      drive_files: 'open_row1_T.txt',
      download_errors: expect.stringContaining('not shared'),
    });
    const planned = async (options: object) => (await planDownloads(csv, { driveDir, ...options })).drive;
    const { googleCredentials } = mine;
    expect(await planned({})).toMatchObject({ toFetch: 0, givenUp: 1, alreadyHere: 2 });
    expect(await planned({ googleCredentials })).toMatchObject({ toFetch: 2, givenUp: 0, alreadyHere: 1 });
    expect(await planned({ googleCredentials, skipDrive: true })).toMatchObject({ toFetch: 0 });
    const before = internet.requests.length;
    const { summary } = await workOn(internet, csv, { driveDir, googleCredentials });
    expect(summary).toMatchObject({ complete: true, drive: { tried: 2, completed: 2 } });
    expect(internet.requests.slice(before).some(({ path }) => path.includes(open.id))).toBe(false);
    expect(await rowOf(csv, '1')).toMatchObject({
      drive_status: 'completed',
      drive_files: 'open_row1_T.txt,closed_row1_T.txt',
    });
    expect(await planned({ googleCredentials })).toMatchObject({ toFetch: 0, alreadyHere: 3 });
  });

  it('that do not open it leave a completed row completed', async () => {
    const [other, another] = [await serviceAccount('nobody'), await serviceAccount('nobody-2')];
    const open = internet.drive.addFile({ name: 'open.txt', body: 'open' });
    const closed = internet.drive.addFile({ name: 'closed.txt', sharedWith: ['somebody@example.org'] });
    const csv = await csvFile([HEADER, `1,A,a@x,T,,${link(open)} ${link(closed)}`]);
    const driveDir = join(dirname(csv), 'drive');
    await workOn(internet, csv, { driveDir });
    for (const { googleCredentials } of [other, another]) {
      const { summary } = await workOn(internet, csv, { driveDir, googleCredentials });
      expect(summary.drive).toMatchObject({ tried: 1, completed: 1 });
      expect(await rowOf(csv, '1')).toMatchObject({ drive_status: 'completed' });
      const again = await workOn(internet, csv, { driveDir, googleCredentials });
      expect(again.summary.drive.tried).toBe(0);
    }
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

  it('tries nothing with a key whose restrictions keep us out', async () => {
    const csv = await csvFile([HEADER, `1,A,a@x,T,,${link(internet.drive.addFile())}`]);
    const { summary } = await refusing(RESTRICTED, () => workOn(internet, csv, { driveApiKey: KEY }));
    expect(summary).toMatchObject({ drive: { tried: 0, left: 1 }, complete: false });
    expect(await rowOf(csv, '1')).toMatchObject({ drive_status: 'pending' });
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
    expect(await refusing(RESTRICTED, () => check({ driveApiKey: KEY }))).toMatchObject({
      status: 'problem',
      cause: 'credentials_unusable',
      found: 'The API key is restricted to web sites or apps',
    });
    expect(await check({ googleCredentials: '/nowhere.json' })).toMatchObject({ status: 'problem' });
    expect(await check({ driveApiKey: KEY, proxy: 'http://127.0.0.1:9' })).toMatchObject({
      cause: 'proxy_refused',
      found: expect.stringContaining('The proxy 127.0.0.1:9 cannot be reached'),
    });
  });
});

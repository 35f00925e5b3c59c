import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { CAUSES, ErrorCategory } from '../../../src/errors/index.ts';
import { fingerprintOfAccess } from '../../../src/sources/drive/access/access.ts';
import type { DriveOptions } from '../../../src/sources/drive/index.ts';
import { API_KEY, causesOf, driveDesk, fileLink, folderLink, SUFFIX } from './fixtures.ts';

const desk = await driveDesk();
const { internet } = desk;

const apiRequests = (from = 0) =>
  internet.requests.slice(from).filter(({ host }) => host === 'www.googleapis.com');
const withKey: DriveOptions = { apiKey: API_KEY };

async function withServiceAccount(): Promise<DriveOptions & { readonly email: string }> {
  const { email, keyFile } = internet.drive.accounts.addServiceAccount();
  return { email, googleCredentials: await desk.write('key.json', keyFile) };
}

async function withUser(): Promise<DriveOptions & { readonly email: string }> {
  const { email, tokenFile } = internet.drive.accounts.addUser('ada@example.org');
  return { email, googleCredentials: await desk.write('token.json', tokenFile) };
}

describe('a file through the API', () => {
  it('comes with an API key, under its name, checked by its checksum; the key is in no address', async () => {
    const file = internet.drive.addFile({ name: 'Fotos été.bin', body: { size: 700_000, seed: 'api' } });
    const before = internet.requests.length;
    const result = await desk.download(fileLink(file), withKey);
    expect(result).toMatchObject({ success: true, filesDownloaded: [`Fotos été${SUFFIX}.bin`] });
    expect(apiRequests(before).length).toBeGreaterThanOrEqual(2);
    expect(internet.requests.length - before).toBe(apiRequests(before).length);
    for (const { path, query, headers } of apiRequests(before)) {
      expect(`${path}?${query}`).not.toContain(API_KEY);
      expect(headers['x-goog-api-key']).toBe(API_KEY);
    }
    expect(await desk.read(result.metadataFile ?? '')).not.toContain(API_KEY);
  });

  it.each([withServiceAccount, withUser])(
    'comes with credentials where it is shared with them alone (%#)',
    async (make) => {
      const options = await make();
      const file = internet.drive.addFile({
        name: 'private.txt',
        body: 'secret words',
        sharedWith: [options.email],
      });
      expect(causesOf(await desk.download(fileLink(file)))).toEqual(['not_shared']);
      const result = await desk.download(fileLink(file), options);
      expect(causesOf(result)).toEqual([null]);
      expect(await desk.read(`private${SUFFIX}.txt`)).toBe('secret words');
    },
  );

  it('of a shared drive comes with its folder', async () => {
    const { email, ...options } = await withServiceAccount();
    const place = { driveId: '0AbCdEfGhIjKlMnUk9PVA', sharedWith: [email] };
    const file = internet.drive.addFile({ name: 'shared.txt', body: 'of all of us', ...place });
    const folder = internet.drive.addFolder({ name: 'Team', children: [file.id], ...place });
    const result = await desk.download(`${fileLink(file)} ${folderLink(folder)}`, options);
    expect(causesOf(result)).toEqual([null]);
    const again = await desk.download(folderLink(folder), options);
    expect(again.filesDownloaded).toEqual([`Team${SUFFIX}/shared${SUFFIX}.txt`]);
  });

  it('whose token ended before its time comes with a new one', async () => {
    const { email, ...options } = await withServiceAccount();
    const file = internet.drive.addFile({ name: 'a.txt', sharedWith: [email] });
    await desk.download(fileLink(file), options);
    internet.drive.accounts.endTokens();
    expect(causesOf(await desk.download(fileLink(file), options))).toEqual([null]);
  });

  it.each([withServiceAccount, withUser])(
    'is one of many whose token ended at once: a single new one serves all (%#)',
    async (make) => {
      const { email, ...options } = await make();
      const files = Array.from({ length: 8 }, (_, n) =>
        internet.drive.addFile({ name: `${n}.txt`, sharedWith: [email] }),
      );
      const all = () => Promise.all(files.map((file) => desk.download(fileLink(file), options)));
      await all();
      internet.drive.accounts.endTokens();
      const before = internet.requests.length;
      expect((await all()).flatMap(causesOf)).toEqual(files.map(() => null));
      const tokens = internet.requests.slice(before).filter(({ path }) => path === '/token');
      expect(tokens).toHaveLength(1);
    },
  );

  it('that is shared with everyone, but unknown to the API, comes as anybody gets it', async () => {
    const file = internet.drive.addFile({
      name: 'old.txt',
      resourceKey: '0-abc',
      faults: { api: { status: 404, reason: 'notFound' } },
    });
    expect(causesOf(await desk.download(`${fileLink(file)}?resourcekey=0-abc`, withKey))).toEqual([null]);
  });

  it('that nobody may see is told apart from one that is not there', async () => {
    const hidden = internet.drive.addFile({ sharedWith: ['somebody@example.org'] });
    const result = await desk.download(`${fileLink(hidden)} ${fileLink({ id: 'never0123456789' })}`, withKey);
    expect(causesOf(result)).toEqual(['not_shared', 'not_found']);
  });

  it('is opened by the resource key of its link', async () => {
    const file = internet.drive.addFile({ name: 'old.txt', resourceKey: '0-AbC' });
    const before = internet.requests.length;
    expect(causesOf(await desk.download(`${fileLink(file)}?resourcekey=0-AbC`, withKey))).toEqual([null]);
    expect(apiRequests(before)[0]?.headers['x-goog-drive-resource-keys']).toBe(`${file.id}/0-AbC`);
    expect(causesOf(await desk.download(fileLink(file), withKey))).toEqual(['not_shared']);
  });

  it('with other bytes than the API says is a hash mismatch', async () => {
    const file = internet.drive.addFile({ body: 'x'.repeat(1000), checksums: 'wrong' });
    expect(causesOf(await desk.download(fileLink(file), withKey))).toEqual(['hash_mismatch']);
  });

  it.each([
    ['in memory', 1000],
    ['in staging', 700_000],
  ])(
    'whose SHA-256 alone differs is fetched once more from zero, then corrupt (%s)',
    async (_where, size) => {
      const file = internet.drive.addFile({ body: { size, seed: 'sha' }, checksums: 'wrong-sha256' });
      const before = internet.requests.length;
      const result = await desk.download(fileLink(file), withKey);
      expect(result.items?.[0]?.failure).toMatchObject({ cause: 'hash_mismatch' });
      expect(CAUSES.hash_mismatch.category).toBe(ErrorCategory.DATA_CORRUPTION);
      const media = apiRequests(before).filter(({ query }) => query.get('alt') === 'media');
      expect(media.map(({ headers }) => headers.range)).toEqual([undefined, undefined]);
      const asked = apiRequests(before).filter(({ query }) => query.has('fields'));
      expect(asked.every(({ query }) => query.get('fields')?.includes('sha256Checksum'))).toBe(true);
      expect(await readdir(desk.folder)).toEqual([]);
    },
  );

  it('whose SHA-256 differs once comes whole the second time', async () => {
    const file = internet.drive.addFile({ name: 'twice.bin', body: { size: 700_000, seed: 'twice' } });
    let looks = 0;
    Object.defineProperty(file, 'checksums', { get: () => (looks++ === 0 ? 'wrong-sha256' : 'right') });
    const result = await desk.download(fileLink(file), withKey);
    expect(result).toMatchObject({ success: true, filesDownloaded: [`twice${SUFFIX}.bin`] });
    expect(looks).toBeGreaterThan(1);
  });

  it('that changed while it was fetched is compared with its own checksum', async () => {
    const file = internet.drive.addFile({ name: 'new.txt', body: 'first' });
    let looks = 0;
    Object.defineProperty(file, 'checksums', { get: () => (looks++ === 0 ? 'wrong' : 'right') });
    expect(causesOf(await desk.download(fileLink(file), withKey))).toEqual([null]);
    expect(looks).toBe(2);
  });

  it('that is a page of HTML is a file', async () => {
    const page = '<!doctype html><title>Mine</title>';
    const file = internet.drive.addFile({ name: 'page.html', body: page, mediaType: 'text/html' });
    expect((await desk.download(fileLink(file), withKey)).filesDownloaded).toEqual([`page${SUFFIX}.html`]);
  });
});

describe('a refusal of the API', () => {
  it.each([
    ['quota_exceeded', { download: { status: 403, reason: 'downloadQuotaExceeded' } }],
    ['download_disabled', { download: { status: 403, reason: 'cannotDownloadFile' } }],
    ['download_disabled', { download: { status: 403, reason: 'cannotDownloadAbusiveFile' } }],
    ['not_shared', { api: { status: 403, reason: 'insufficientFilePermissions' } }],
    ['credentials_unusable', { api: { status: 403, reason: 'accessNotConfigured' } }],
    ['credentials_unusable', { api: { status: 400, reason: 'keyInvalid' } }],
    [
      'credentials_unusable',
      { api: { status: 403, reason: 'forbidden', detail: 'API_KEY_HTTP_REFERRER_BLOCKED' } },
    ],
    ['too_many_requests', { api: { status: 429, retryAfter: 60 } }],
    ['too_many_requests', { api: { status: 403, reason: 'rateLimitExceeded', retryAfter: 60 } }],
    ['server_error', { api: { status: 500 } }],
  ] as const)('is %s for %o', async (cause, faults) => {
    const file = internet.drive.addFile({ faults });
    const result = await desk.download(fileLink(file), withKey);
    expect(causesOf(result)).toEqual([cause]);
    expect(result.errorMessage).not.toContain(API_KEY);
  });

  it('by its own words is the same as by those of its pages', async () => {
    const quota = internet.drive.addFile({ behaviour: 'quota' });
    const locked = internet.drive.addFile({ behaviour: 'cannot-download' });
    const result = await desk.download(`${fileLink(quota)} ${fileLink(locked)}`, withKey);
    expect(causesOf(result)).toEqual(['quota_exceeded', 'download_disabled']);
    const hours = (Date.parse(result.items?.[0]?.failure?.notBefore ?? '') - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23.9);
  });

  it.each([() => Promise.resolve(withKey), withServiceAccount, withUser])(
    'of whoever asks is of the credentials also on a page, once a new token changed nothing (%#)',
    async (make) => {
      const options = await make();
      const file = internet.drive.addFile({ faults: { api: { status: 401 } } });
      const before = internet.requests.length;
      expect(causesOf(await desk.download(fileLink(file), options))).toEqual(['credentials_unusable']);
      expect(apiRequests(before)).toHaveLength('apiKey' in options ? 1 : 2);
      const bytes = internet.drive.addFile({ faults: { download: { status: 401 } } });
      expect(causesOf(await desk.download(fileLink(bytes), options))).toEqual(['credentials_unusable']);
    },
  );

  it('to go so fast is heeded, and the file comes', async () => {
    const file = internet.drive.addFile({
      name: 'slow.txt',
      faults: { api: { status: 403, reason: 'userRateLimitExceeded', times: 2 } },
    });
    expect(causesOf(await desk.download(fileLink(file), withKey))).toEqual([null]);
  });

  it('names the API as the host that is paused', async () => {
    const file = internet.drive.addFile({ faults: { api: { status: 429, retryAfter: 60 } } });
    const { items } = await desk.download(fileLink(file), withKey);
    expect(items?.[0]?.failure).toMatchObject({ notBefore: expect.any(String) });
  });
});

describe('credentials', () => {
  it.each([
    ['no file', null, 'cannot be read'],
    ['no JSON', 'not { json', 'neither the key'],
    ['another file', '{"installed": {"client_id": "x"}}', 'neither the key'],
    [
      'a key that is none',
      JSON.stringify({ type: 'service_account', client_email: 'a@b.org', private_key: 'SECRET-API_KEY' }),
      'private key',
    ],
    [
      'a token that ended',
      JSON.stringify({ access_token: 'ya29.SECRET-API_KEY', expiry_date: 1 }),
      'ended at',
    ],
    [
      'a person who took it back',
      JSON.stringify({ client_id: 'x', client_secret: 'SECRET-API_KEY', refresh_token: 'SECRET-API_KEY' }),
      'invalid_grant',
    ],
  ])('that are %s cost no attempt and say what is wrong', async (_what, text, words) => {
    const googleCredentials = text === null ? `${desk.folder}.missing` : await desk.write('c.json', text);
    const result = await desk.download(fileLink(internet.drive.addFile()), { googleCredentials });
    expect(causesOf(result)).toEqual(['credentials_unusable']);
    expect(result.errorMessage).toContain(words);
    expect(JSON.stringify(result)).not.toContain('SECRET-API_KEY');
  });

  it.each([`${API_KEY}\n`, `\r\n ${API_KEY}\t`])(
    'come with whatever stands around them: the key %j',
    async (apiKey) => {
      const file = internet.drive.addFile();
      const before = internet.requests.length;
      expect(causesOf(await desk.download(fileLink(file), { apiKey }))).toEqual([null]);
      expect(apiRequests(before)[0]?.headers['x-goog-api-key']).toBe(API_KEY);
      expect(await fingerprintOfAccess({ apiKey })).toBe(await fingerprintOfAccess(withKey));
    },
  );

  it('come with whatever stands around them: a token', async () => {
    const { tokenFile, email } = internet.drive.accounts.addUser('broken-line@example.org');
    const file = internet.drive.addFile({ name: 'mine.txt', body: 'mine', sharedWith: [email] });
    const around = tokenFile.replaceAll(/"([^"]+)":"([^"]+)"/g, '"$1":" $2\\n"');
    expect(around).not.toBe(tokenFile);
    await desk.download(fileLink(file), { googleCredentials: await desk.write('r.json', around) });
    const told = apiRequests().at(-1)?.headers.authorization?.replace('Bearer ', '');
    const googleCredentials = await desk.write('a.json', JSON.stringify({ token: `${told}\n` }));
    expect(causesOf(await desk.download(fileLink(file), { googleCredentials }))).toEqual([null]);
  });

  it.each([
    ['a key', { apiKey: 'AIza\nSECRET' }],
    ['a key of another script', { apiKey: 'AIza\u2011SECRET' }],
    ['a token', { token: 'ya29.\r\nSECRET' }],
  ])('that no header can carry are refused here: %s', async (_what, given) => {
    const options =
      'token' in given ? { googleCredentials: await desk.write('t.json', JSON.stringify(given)) } : given;
    const before = internet.requests.length;
    const result = await desk.download(fileLink(internet.drive.addFile()), options);
    expect(causesOf(result)).toEqual(['credentials_unusable']);
    expect(result.errorMessage).toContain('copy it again');
    expect(JSON.stringify(result)).not.toContain('SECRET');
    expect(internet.requests.length).toBe(before);
  });

  it('of an account that Google does not know are refused', async () => {
    const { keyFile } = internet.drive.accounts.addServiceAccount('known@loopback.iam.gserviceaccount.com');
    const other = { ...JSON.parse(keyFile), client_email: 'unknown@loopback.iam.gserviceaccount.com' };
    const googleCredentials = await desk.write('other.json', JSON.stringify(other));
    const result = await desk.download(fileLink(internet.drive.addFile()), { googleCredentials });
    expect(causesOf(result)).toEqual(['credentials_unusable']);
  });

  it('with a plain access token are enough', async () => {
    const { tokenFile, email } = internet.drive.accounts.addUser('token@example.org');
    const file = internet.drive.addFile({ name: 'mine.txt', sharedWith: [email] });
    await desk.download(fileLink(file), { googleCredentials: await desk.write('r.json', tokenFile) });
    const told = apiRequests().at(-1)?.headers.authorization?.replace('Bearer ', '');
    const googleCredentials = await desk.write('a.json', JSON.stringify({ token: told }));
    expect(causesOf(await desk.download(fileLink(file), { googleCredentials }))).toEqual([null]);
  });

  it('are told to nobody but the API and the exports', async () => {
    const { email: _email, ...options } = await withServiceAccount();
    const file = internet.drive.addFile({
      name: 'x.txt',
      faults: { api: { status: 404, reason: 'notFound' } },
    });
    const before = internet.requests.length;
    await desk.download(fileLink(file), options);
    const told = internet.requests.slice(before).filter(({ headers }) => headers.authorization !== undefined);
    expect(new Set(told.map(({ host }) => host))).toEqual(new Set(['www.googleapis.com']));
  });
});

describe('a document of an editor', () => {
  const doc = (over: object = {}) =>
    internet.drive.addFile({
      name: 'Plan',
      body: 'words '.repeat(50),
      mediaType: 'application/vnd.google-apps.document',
      ...over,
    });

  it.each([
    [[], 'docx'],
    [['pdf', 'docx'], 'pdf'],
    [['csv', 'txt'], 'txt'],
  ])('becomes, of %j, %s', async (exportFormats, extension) => {
    const name = `Plan${SUFFIX}.${extension}`;
    const file = doc();
    expect((await desk.download(fileLink(file), { ...withKey, exportFormats })).filesDownloaded).toEqual([
      name,
    ]);
    const link = `https://docs.google.com/document/d/${file.id}/edit`;
    expect((await desk.download(link, { exportFormats })).filesDownloaded).toEqual([name]);
  });

  it('above what the API exports comes from its own address, with the credentials', async () => {
    internet.drive.exportLimit = 100;
    const { email, ...options } = await withServiceAccount();
    const before = internet.requests.length;
    const result = await desk.download(fileLink(doc({ sharedWith: [email] })), options);
    expect(result.filesDownloaded).toEqual([`Plan${SUFFIX}.docx`]);
    expect(
      internet.requests
        .slice(before)
        .some(({ host, path }) => host === 'docs.google.com' && path.includes('export')),
    ).toBe(true);
    expect(causesOf(await desk.download(fileLink(doc()), withKey))).toEqual([null]);
  });

  it('of a kind that is none is refused', async () => {
    const form = internet.drive.addFile({ mediaType: 'application/vnd.google-apps.form' });
    expect(causesOf(await desk.download(fileLink(form), withKey))).toEqual(['unsupported_link']);
  });
});

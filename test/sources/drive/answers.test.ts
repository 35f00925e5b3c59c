import { describe, expect, it } from 'vitest';
import { folderPage } from '../../../src/demo/internet/drive/pages.ts';
import { RowtrailError } from '../../../src/errors/index.ts';
import { crc32c } from '../../../src/files/digest/index.ts';
import { entrySchema, listedSchema } from '../../../src/sources/drive/api/api-file.ts';
import { FolderPageReader } from '../../../src/sources/drive/listing/read-folder-page.ts';
import { networkFailure } from '../../../src/sources/drive/verdicts/network-failure.ts';
import { readPage } from '../../../src/sources/drive/verdicts/page.ts';
import { progressMeter } from '../../../src/sources/drive/transfer/progress.ts';
import { isSameContent, responseFacts } from '../../../src/sources/drive/http/response-facts.ts';
import { retryAfter } from '../../../src/sources/drive/verdicts/retry-after.ts';
import { statusFailure } from '../../../src/sources/drive/verdicts/status-failure.ts';
import type { TransferProgress } from '../../../src/sources/source.ts';

const NOW = new Date('2026-11-01T10:00:00.000Z');
/** Reads it as it may come: in pieces of so many bytes. */
const readFolderPage = (html: string, now: Date, bytes = html.length) => {
  const reader = new FolderPageReader();
  for (let at = 0; at < html.length; at += bytes) reader.write(html.slice(at, at + bytes));
  return reader.end(now);
};
const TOMORROW = '2026-11-02T10:00:00.000Z';
const refusal = (status: number, { body = '', header }: { body?: string; header?: string } = {}) =>
  statusFailure({ status, retryAfter: header, body }, NOW);
const googleError = (reason: string, detail?: string, message = '') =>
  JSON.stringify({
    error: {
      code: 403,
      message,
      errors: [{ reason, message }],
      ...(detail === undefined ? {} : { details: [{ '@type': 'google.rpc.ErrorInfo', reason: detail }] }),
    },
  });
/** What Google answers whom it takes for a bot, with 403, 429 or 503. */
const SORRY = `<html><head><title>Sorry...</title></head><body><div><b>Sorry...</b></div><div><h1>We're sorry...</h1>
  <p>... but your computer or network may be sending automated queries. To protect our users, we can't process your request
  right now.</p></div></body></html>`;
const RIDDLE = `<html><head><title>https://drive.google.com/uc</title></head><body><form id="captcha-form" action="index"
  method="post"></form><div>Our systems have detected unusual traffic from your computer network.</div></body></html>`;

describe('the cause of a refusal', () => {
  it.each([
    ['not_shared', 401, ''],
    ['not_shared', 403, ''],
    ['too_many_requests', 403, googleError('userRateLimitExceeded')],
    ['too_many_requests', 403, googleError('rateLimitExceeded')],
    ['quota_exceeded', 403, googleError('downloadQuotaExceeded')],
    ['download_disabled', 403, googleError('cannotDownloadFile')],
    ['unexpected_page', 403, googleError('constructor')],
    ['unexpected_page', 403, googleError('forbidden', 'SOMETHING_NEW')],
    ['not_shared', 403, googleError('forbidden')],
    ['not_shared', 403, googleError('insufficientFilePermissions')],
    ['not_shared', 403, googleError('appNotAuthorizedToFile')],
    ['not_shared', 403, googleError('teamDriveMembershipRequired')],
    ['too_many_requests', 403, SORRY],
    ['too_many_requests', 429, SORRY],
    ['too_many_requests', 503, SORRY],
    ['too_many_requests', 403, RIDDLE],
    ['too_many_requests', 403, googleError('servingLimitExceeded')],
    ['too_many_requests', 403, googleError('concurrentLimitExceeded')],
    ['too_many_requests', 403, googleError('userRateLimitExceededUnreg')],
    ['too_many_requests', 403, googleError('', 'RATE_LIMIT_EXCEEDED')],
    ['too_many_requests', 403, googleError('RATE_LIMIT_EXCEEDED')],
    ['quota_exceeded', 403, googleError('dailyLimitExceeded', 'RATE_LIMIT_EXCEEDED')],
    ['quota_exceeded', 403, googleError('dailyLimitExceededUnreg')],
    ['server_error', 403, googleError('backendError')],
    ['server_error', 403, googleError('internalError')],
    ['server_error', 503, '<title>Error 404 (Not Found)</title>'],
    ['quota_exceeded', 403, '<title>Google Drive - Quota exceeded</title>'],
    ['not_found', 404, ''],
    ['not_found', 410, ''],
    ['too_many_requests', 429, ''],
    ['server_error', 500, ''],
    ['server_error', 503, ''],
    ['unexpected_page', 400, 'Bad Request'],
  ])('is %s for %i %s', async (code, status, body) => {
    expect((await refusal(status, { body })).code).toBe(code);
  });

  it.each([
    [403, 'forbidden', 'API_KEY_HTTP_REFERRER_BLOCKED'],
    [403, 'forbidden', 'API_KEY_IP_ADDRESS_BLOCKED'],
    [403, 'forbidden', 'API_KEY_SERVICE_BLOCKED'],
    [403, 'forbidden', 'API_KEY_ANDROID_APP_BLOCKED'],
    [403, 'forbidden', 'API_KEY_IOS_APP_BLOCKED'],
    [403, 'forbidden', 'CONSUMER_SUSPENDED'],
    [403, 'forbidden', 'CONSUMER_INVALID'],
    [403, 'forbidden', 'BILLING_DISABLED'],
    [403, 'insufficientPermissions', 'ACCESS_TOKEN_SCOPE_INSUFFICIENT'],
    [403, 'insufficientScopes', undefined],
    [403, 'accountDisabled', undefined],
    [403, 'domainPolicy', undefined],
    [401, 'expired', undefined],
    [401, 'required', undefined],
    [401, 'somethingNew', undefined],
  ])('is the credentials for %i %s with %s', async (status, reason, detail) => {
    expect((await refusal(status, { body: googleError(reason, detail) })).code).toBe('credentials_unusable');
  });

  it.each([
    "Method doesn't allow unregistered callers (callers without established identity).",
    'Requests from referer <empty> are blocked.',
    'Requests to this API drive method google.drive.v3.DriveFiles.Get are blocked.',
  ])('is the credentials where the words alone say it: %s', async (message) => {
    const body = googleError('forbidden', undefined, message);
    expect((await refusal(403, { body })).code).toBe('credentials_unusable');
  });

  it.each(['', '<title>Error 401 (Unauthorized)!!1</title>', '<title>Sign in</title>'])(
    'is the credentials for 401 where there were some: %s',
    async (body) => {
      const answer = { status: 401, retryAfter: undefined, body };
      expect((await statusFailure({ ...answer, hasAccess: true }, NOW)).code).toBe('credentials_unusable');
      expect((await statusFailure(answer, NOW)).code).toBe('not_shared');
    },
  );

  it('is no one file where a host that forbids it says when to come back', async () => {
    const later = { code: 'too_many_requests', notBefore: '2026-11-01T10:02:00.000Z' };
    expect(await refusal(403, { header: '120' })).toMatchObject(later);
    expect(await refusal(403, { header: '120', body: googleError('forbidden') })).toMatchObject(later);
    expect(await refusal(403, { header: '120', body: googleError('backendError') })).toMatchObject(later);
    expect(await refusal(403, { header: '120', body: SORRY })).toMatchObject(later);
    expect(await refusal(403, { header: '120', body: googleError('cannotDownloadFile') })).toMatchObject({
      code: 'download_disabled',
    });
  });

  it('names the reason that it does not know', async () => {
    const { message } = await refusal(403, { body: googleError('somethingNew') });
    expect(message).toContain('somethingNew');
    expect((await refusal(403, { body: googleError('\u001b[31m'.repeat(9)) })).message).not.toContain(
      '\u001b',
    );
  });

  it('knows when to come back', async () => {
    expect(await refusal(429, { header: '120' })).toMatchObject({ notBefore: '2026-11-01T10:02:00.000Z' });
    expect(await refusal(503, { header: 'Sun, 01 Nov 2026 10:30:00 GMT' })).toMatchObject({
      code: 'too_many_requests',
      notBefore: '2026-11-01T10:30:00.000Z',
    });
    const quota = await refusal(403, { body: googleError('downloadQuotaExceeded') });
    expect(quota.notBefore).toBe(TOMORROW);
    expect(quota.message).toContain('2026-11-02 10:00 UTC');
  });

  it.each(['', 'soon', '-5', '0', 'Sat, 31 Oct 2026 10:00:00 GMT'])(
    'takes no time out of Retry-After %j',
    (header) => {
      expect(retryAfter(header, NOW)).toBeUndefined();
    },
  );

  it.each([
    ['120, 120', '2026-11-01T10:02:00.000Z'],
    ['60,120', '2026-11-01T10:02:00.000Z'],
    ['Sun, 01 Nov 2026 10:30:00 GMT, Sun, 01 Nov 2026 10:30:00 GMT', '2026-11-01T10:30:00.000Z'],
    ['120, Sun, 01 Nov 2026 10:30:00 GMT', '2026-11-01T10:30:00.000Z'],
    ['soon, 120', '2026-11-01T10:02:00.000Z'],
  ])('takes the latest time of a repeated Retry-After: %s', (header, time) => {
    expect(retryAfter(header, NOW)).toBe(time);
  });

  it('does not wait for ever because a host says so', () => {
    expect(retryAfter('99999999999999', NOW)).toBe('2026-11-08T10:00:00.000Z');
  });

  it.each([
    ['dns_failed', 'ENOTFOUND'],
    ['connection_failed', 'ECONNREFUSED'],
    ['timeout', 'UND_ERR_CONNECT_TIMEOUT'],
    ['tls_failed', 'SELF_SIGNED_CERT_IN_CHAIN'],
    ['tls_failed', 'CERT_HAS_EXPIRED'],
    ['tls_failed', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['connection_failed', 'ANYTHING_ELSE'],
  ])('is %s for an error with code %s beneath', (code, errno) => {
    const beneath = Object.assign(new Error('words that say timeout and certificate'), { code: errno });
    expect(networkFailure(new TypeError('failed', { cause: beneath }), 'drive.google.com').code).toBe(code);
  });
});

describe("a page in a file's place", () => {
  const at = 'https://drive.usercontent.google.com/download?id=abcdefghij';

  it('leads on by the form of the virus warning, with every hidden field', () => {
    const form = `<form id="download-form" action="/download?a=1" method="get"><input type="submit" value="Go"/>
      <input type="hidden" name="id" value="x&amp;y"><input type=hidden name='confirm' value=t><input type="hidden" name="uuid" value=""></form>`;
    const { next } = readPage(form, at, NOW);
    expect(next).toBe('https://drive.usercontent.google.com/download?a=1&id=x%26y&confirm=t&uuid=');
  });

  it('sends every field of the form that a browser would send, and no other', () => {
    const form = `<form id="download-form" action="https://drive.usercontent.google.com/download" method="get">
      <input type="hidden" name="id" value="1"><input name="at" value="token"><input type="hidden" name="export" value="download">
      <input type="checkbox" name="tick" value="on"><input type="submit" value="Download anyway"></form>`;
    const { next } = readPage(form, at, NOW);
    expect([...new URL(next).searchParams]).toEqual([
      ['id', '1'],
      ['at', 'token'],
      ['export', 'download'],
    ]);
  });

  it.each(['https://example.org/download', 'http://drive.google.com/x', 'javascript:alert(1)'])(
    'never leads to %s',
    (action) => {
      const form = `<form id="download-form" action="${action}"><input type="hidden" name="id" value="1"></form>`;
      expect(() => readPage(form, at, NOW)).toThrow(expect.objectContaining({ code: 'unexpected_page' }));
    },
  );

  it.each([
    [
      'quota_exceeded',
      '<p class="uc-error-subcaption">Too many users have viewed or downloaded this file recently.</p>',
    ],
    [
      'download_disabled',
      '<p class="uc-error-caption">Sorry, the owner hasn’t given you permission to download this file.</p>',
    ],
    ['download_disabled', '<p class="uc-error-caption">Sorry, this file is infected with a virus</p>'],
    [
      'download_disabled',
      '<p class="uc-error-subcaption">Only the owner and editors can download this file.</p>',
    ],
    ['not_shared', '<title>Google Drive: You need access</title>'],
    ['not_shared', '<title>Google</title><input type="password">'],
    ['not_found', '<title>Error 404 (Not Found)!!1</title>'],
    ['too_many_requests', SORRY],
    ['too_many_requests', RIDDLE],
    ['unexpected_page', '<title>log.html</title><h1>Log</h1><p>Quota exceeded, sign in, not found</p>'],
    ['unexpected_page', '<title>quota.pdf</title><body>quota exceeded, sign in, not found</body>'],
    ['unexpected_page', ''],
  ])('is %s: %s', (code, html) => {
    expect(() => readPage(html, at, NOW)).toThrow(expect.objectContaining({ code }));
  });

  it('names the virus, and not the owner alone, where Google found one', () => {
    const harmful = '<p class="uc-error-caption">Sorry, this file is infected with a virus</p>';
    expect(() => readPage(harmful, at, NOW)).toThrow('Google takes the file for harmful');
    const kept = '<p class="uc-error-caption">Only the owner and editors can download this file.</p>';
    expect(() => readPage(kept, at, NOW)).toThrow(/^Only its owner/);
  });

  it('says a day for a quota', () => {
    const html = '<p class="uc-error-caption">Quota exceeded</p>';
    expect(() => readPage(html, at, NOW)).toThrow(expect.objectContaining({ notBefore: TOMORROW }));
  });

  it("lists a folder's entries and leaves out what leads elsewhere", () => {
    const html = `<div class="flip-entries"><a href="https://drive.google.com/file/d/abcdefghij/view?usp=drive_web"><img
      src="https://x/16/type/video/mp4">a.mp4</a><a href="https://drive.google.com/file/d/documentid0/view"><img
      src="https://x/16/type/application/vnd.google-apps.document">Doc</a><a href="https://drive.google.com/drive/folders/folderid00">F</a>
      <a href="https://example.org/">ad</a></div>`;
    expect(readFolderPage(html, NOW).entries).toEqual([
      { target: { kind: 'file', id: 'abcdefghij', resourceKey: null }, name: 'a.mp4' },
      { target: { kind: 'document', id: 'documentid0', resourceKey: null }, name: 'Doc' },
      { target: { kind: 'folder', id: 'folderid00', resourceKey: null }, name: 'F' },
    ]);
    expect(readFolderPage('<title>T</title><div class="flip-entries"></div>', NOW)).toEqual({
      title: 'T',
      entries: [],
    });
    expect(() => readFolderPage('<title>Sign in</title>', NOW)).toThrow(
      expect.objectContaining({ code: 'not_shared' }),
    );
  });

  it('never takes a part of a list for the whole, wherever the page is cut', () => {
    const files = ['a.mp4', 'b & <c>.pdf', 'd'].map((name, n) => ({
      id: `fileid0000${n}`,
      name,
      mediaType: 'x/y',
    }));
    const html = folderPage({ name: 'F' }, files);
    const whole = readFolderPage(html, NOW);
    expect(whole.entries.map(({ name }) => name)).toEqual(files.map(({ name }) => name));
    for (const bytes of [1, 2, 7, 100]) expect(readFolderPage(html, NOW, bytes)).toEqual(whole);
    const readTo = (cut: number) => {
      try {
        return readFolderPage(html.slice(0, cut), NOW);
      } catch (error) {
        return error instanceof RowtrailError ? error.code : error;
      }
    };
    for (let cut = 0; cut < html.length; cut += 1)
      expect(['unexpected_page', whole]).toContainEqual(readTo(cut));
  });

  it.each([
    ['form', 'entry-formid0123', { kind: 'any', id: 'formid0123', resourceKey: null }],
    ['form', 'entry-../x', null],
    ['form', 'other', null],
    ['', 'entry-formid0123', { kind: 'any', id: 'formid0123', resourceKey: null }],
  ])("keeps a folder's entry that is no file (%s, %s)", (type, id, target) => {
    const picture = type === '' ? '' : `<img src="https://x/16/type/application/vnd.google-apps.${type}">`;
    const html = `<div class="flip-entries"><div class="flip-entry" id="${id}"><a
      href="https://docs.google.com/forms/d/formid0123/edit">${picture}Poll</a></div></div>`;
    const { entries } = readFolderPage(html, NOW);
    expect(entries).toEqual([{ target, name: 'Poll', otherType: type }]);
  });

  it('takes the links of a page in the place of a folder for none of its entries', () => {
    const back = encodeURIComponent('https://drive.google.com/drive/folders/folderid00');
    const signIn = `<a href="https://accounts.google.com/ServiceLogin?continue=${back}">Sign in</a>`;
    expect(() => readFolderPage(`<title>You need access</title>${signIn}`, NOW)).toThrow(
      expect.objectContaining({ code: 'not_shared' }),
    );
    expect(() => readFolderPage(`<p class="uc-error-caption">Quota exceeded</p>${signIn}`, NOW)).toThrow(
      expect.objectContaining({ code: 'quota_exceeded', notBefore: TOMORROW }),
    );
    const listed = `${signIn}<div class="flip-entries"></div>${signIn}`;
    expect(readFolderPage(listed, NOW).entries).toEqual([]);
  });
});

it('a shortcut of which the API does not say where it leads is not told from a file without a type', () => {
  const mimeType = 'application/vnd.google-apps.shortcut';
  for (const shortcutDetails of [undefined, {}, { targetId: '../x' }]) {
    const entry = { id: 'shortcut00', name: 'S', mimeType, shortcutDetails };
    expect(entrySchema.safeParse(entry).success).toBe(false);
    expect(listedSchema.parse(entry)).toEqual({
      name: 'S',
      shortcutTo: { kind: 'any', id: 'shortcut00', resourceKey: null },
    });
  }
});

describe('the facts of an answer', () => {
  const facts = (headers: Record<string, string>, status = 200) =>
    responseFacts(status, new Map(Object.entries(headers)));

  it.each([
    [`attachment; filename="plain.txt"; filename*=UTF-8''%C3%A9t%C3%A9.txt`, 'été.txt'],
    [Buffer.from('attachment; filename="été.txt"').toString('latin1'), 'été.txt'],
    ['attachment; filename="a;b\\"c.txt"', 'a;b"c.txt'],
    ['attachment', null],
  ])('read the name from %s', (header, name) => {
    expect(facts({ 'content-disposition': header })).toMatchObject({ name, isAttachment: true });
  });

  it('read length, part and checksums', () => {
    const headers = {
      'content-range': 'bytes 100-199/200',
      'content-length': '100',
      'x-goog-hash': 'crc32c=AAAAAA==,md5=Ojk9c3dhfxgoKVVHYwFbHQ==',
    };
    expect(facts(headers, 206)).toMatchObject({
      size: 200,
      start: 100,
      crc32c: 'AAAAAA==',
      md5: 'Ojk9c3dhfxgoKVVHYwFbHQ==',
      hasEnd: true,
    });
    const unreadable = { ...headers, 'x-goog-hash': 'crc32c=none,md5=abc=,sha1=AAAAAA==' };
    expect(facts(unreadable, 206)).toMatchObject({ crc32c: null, md5: null });
    expect(facts({ 'content-length': '100' }, 206)).toBeNull();
    expect(facts({})).toMatchObject({ size: null, hasEnd: false, isAttachment: false, mediaType: null });
  });

  it('agree only when size and something that changes with the content agree', () => {
    const one = { size: 10, etag: '"a"', lastModified: 'Mon', md5: null, crc32c: null, encoding: null };
    expect(isSameContent(one, { ...one })).toBe(true);
    expect(isSameContent(one, { ...one, size: 11 })).toBe(false);
    expect(isSameContent(one, { ...one, encoding: 'gzip' })).toBe(false);
    expect(isSameContent(one, { ...one, etag: '"b"' })).toBe(false);
    expect(isSameContent(one, { ...one, lastModified: 'Tue' })).toBe(false);
    const bare = { ...one, etag: 'W/"a"', lastModified: null };
    expect(isSameContent(bare, { ...bare })).toBe(false);
    expect(isSameContent({ ...bare, crc32c: 'x' }, { ...bare, crc32c: 'x' })).toBe(true);
    expect(isSameContent({ ...one, etag: 'W/"a"' }, one)).toBe(true);
    expect(isSameContent({ ...one, etag: 'W/"a"' }, { ...one, etag: 'W/"b"' })).toBe(false);
  });
});

describe('CRC-32C', () => {
  it('agrees with the published check values, in one piece and in many', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
    expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
    expect(crc32c(Buffer.alloc(32, 0xff))).toBe(0x62a8ab43);
    const bytes = Buffer.from(Array.from({ length: 1000 }, (_, i) => (i * 31) & 0xff));
    const inPieces = crc32c(bytes.subarray(13), crc32c(bytes.subarray(0, 13)));
    expect(inPieces).toBe(crc32c(bytes));
  });
});

describe('progress', () => {
  it('tells the speed of the last seconds and what is left, a few times a second and at the end', () => {
    let at = 0;
    const seen: TransferProgress[] = [];
    const onProgress = (progress: TransferProgress) => seen.push(progress);
    const report = progressMeter({ rowId: '1', label: 'id', onProgress, clock: () => at });
    for (; at <= 10_000; at += 10) report(at * 100, 1_500_000);
    expect(seen.length).toBe(41);
    expect(seen[0]).toMatchObject({ bytesPerSecond: null, etaSeconds: null });
    expect(seen.at(-1)).toMatchObject({ receivedBytes: 1_000_000, bytesPerSecond: 100_000, etaSeconds: 5 });
    report(1_500_000, 1_500_000);
    expect(seen.at(-1)).toMatchObject({ receivedBytes: 1_500_000, etaSeconds: 0 });
  });
});

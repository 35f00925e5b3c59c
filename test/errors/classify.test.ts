import { expect, it, describe } from 'vitest';
import { type Cause, CAUSES, classifyError, RowtrailError } from '../../src/errors/index.ts';

const coded = (code: string, facts: object = {}) => Object.assign(new Error('it failed'), { code, ...facts });

describe('a code decides', () => {
  it.for<[string, Cause]>([
    ['ENOTFOUND', 'dns_failed'],
    ['EAI_AGAIN', 'dns_failed'],
    ['ECONNRESET', 'connection_failed'],
    ['ECONNREFUSED', 'connection_failed'],
    ['EPIPE', 'connection_failed'],
    ['ETIMEDOUT', 'timeout'],
    ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
    ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
    ['UND_ERR_BODY_TIMEOUT', 'timeout'],
    ['UND_ERR_SOCKET', 'connection_failed'],
    ['UND_ERR_ABORTED', 'interrupted'],
    ['UND_ERR_PRX_TLS', 'tls_failed'],
    ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'short_body'],
    ['HPE_INVALID_CONSTANT', 'connection_failed'],
    ['CERT_HAS_EXPIRED', 'tls_failed'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls_failed'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls_failed'],
    ['ENOSPC', 'disk_full'],
    ['EDQUOT', 'disk_full'],
    ['EACCES', 'access_denied'],
    ['EPERM', 'access_denied'],
    ['EROFS', 'access_denied'],
    ['EMFILE', 'too_many_open_files'],
    ['EIO', 'write_failed'],
    ['ENOENT', 'file_missing'],
    ['SQLITE_FULL', 'disk_full'],
    ['SQLITE_BUSY', 'locked'],
    ['SQLITE_BUSY_SNAPSHOT', 'locked'],
    ['SQLITE_IOERR_FSYNC', 'write_failed'],
    ['SQLITE_IOERR_SHMSIZE', 'disk_full'],
    ['SQLITE_NOTADB', 'ledger_corrupt'],
    ['SQLITE_MISUSE', 'unknown'],
    ['E2BIG', 'unknown'],
    ['constructor', 'unknown'],
    ['', 'unknown'],
  ])('%s is %s', ([code, cause]) => {
    expect(classifyError(coded(code))).toBe(cause);
    expect(classifyError({ code })).toBe(cause);
  });

  it('together with the system call', () => {
    expect(classifyError(coded('EACCES', { syscall: 'connect' }))).toBe('connection_failed');
    expect(classifyError(coded('EPERM', { syscall: 'sendto' }))).toBe('connection_failed');
    expect(classifyError(coded('EACCES', { syscall: 'open' }))).toBe('access_denied');
    expect(classifyError(coded('EXDEV', { syscall: 'rename' }))).toBe('write_failed');
    expect(classifyError(coded('EXDEV', { syscall: 'fancy' }))).toBe('unknown');
  });
});

describe('an HTTP status decides, with the reason that came with it', () => {
  it.for<[number, string | undefined, Cause]>([
    [400, undefined, 'unexpected_page'],
    [401, undefined, 'not_shared'],
    [403, undefined, 'not_shared'],
    [403, 'userRateLimitExceeded', 'too_many_requests'],
    [403, 'rateLimitExceeded', 'too_many_requests'],
    [403, 'downloadQuotaExceeded', 'quota_exceeded'],
    [403, 'cannotDownloadFile', 'download_disabled'],
    [403, 'accessNotConfigured', 'credentials_unusable'],
    [403, 'quotaExceeded', 'quota_exceeded'],
    [403, 'toString', 'not_shared'],
    [404, undefined, 'not_found'],
    [407, undefined, 'proxy_refused'],
    [408, undefined, 'timeout'],
    [410, undefined, 'not_found'],
    [429, undefined, 'too_many_requests'],
    [500, undefined, 'server_error'],
    [503, undefined, 'server_error'],
    [200, undefined, 'unknown'],
    [600, undefined, 'unknown'],
    [429.5, undefined, 'unknown'],
  ])('%s with %s is %s', ([status, reason, cause]) => {
    const errors = reason === undefined ? [] : [{ reason }];
    expect(classifyError(Object.assign(new Error('refused'), { status, errors }))).toBe(cause);
    expect(classifyError({ response: { status, data: { error: { errors } } } })).toBe(cause);
    expect(classifyError({ statusCode: status, reason })).toBe(cause);
  });
});

describe('the chain is walked', () => {
  it('to the fact beneath the words', () => {
    const beneath = coded('ENOSPC');
    expect(classifyError(new Error('timed out', { cause: beneath }))).toBe('disk_full');
    expect(classifyError(new TypeError('fetch failed', { cause: coded('EAI_AGAIN') }))).toBe('dns_failed');
    expect(classifyError(new AggregateError([new Error('odd'), beneath]))).toBe('disk_full');
    expect(classifyError(new SuppressedError(new Error('closing'), beneath))).toBe('disk_full');
    expect(classifyError({ cause: { cause: { cause: 'HTTP 429' } } })).toBe('too_many_requests');
  });

  it('and the outermost fact counts', () => {
    expect(classifyError(coded('EACCES', { cause: coded('ENOSPC') }))).toBe('access_denied');
  });

  it('an error of ours has the last word, however deep it stands', () => {
    const own = new RowtrailError('hash_mismatch', 'HTTP 429', { error: coded('ECONNRESET') });
    expect(classifyError(own)).toBe('hash_mismatch');
    expect(classifyError(coded('ENOSPC', { cause: own }))).toBe('hash_mismatch');
    expect(classifyError(AbortSignal.abort(own).reason)).toBe('hash_mismatch');
  });

  it('an error of ours that says unknown leaves the word to what is beneath', () => {
    expect(classifyError(new RowtrailError('unknown', 'x', { error: coded('ENOSPC') }))).toBe('disk_full');
    expect(classifyError(new RowtrailError('unknown', 'HTTP 429'))).toBe('unknown');
  });

  it('a stop that was asked for is interrupted, unless its reason says more', () => {
    expect(classifyError(AbortSignal.abort().reason)).toBe('interrupted');
    const late = new DOMException('too slow', 'TimeoutError');
    expect(classifyError(new DOMException('stopped', 'AbortError'))).toBe('interrupted');
    expect(classifyError(new Error('stopped', { cause: late }))).toBe('timeout');
    const abort = Object.assign(new Error('stopped', { cause: late }), {
      name: 'AbortError',
      code: 'ABORT_ERR',
    });
    expect(classifyError(abort)).toBe('timeout');
  });

  it('a chain that bites its tail ends', () => {
    const error = new Error('around');
    error.cause = new AggregateError([error, coded('EIO')]);
    expect(classifyError(error)).toBe('write_failed');
  });
});

describe('words are the last resort', () => {
  it.for<[string, Cause]>([
    ['HTTP 429', 'too_many_requests'],
    ['HTTP Error 503: Service Unavailable', 'server_error'],
    ['Request failed with status code 404', 'not_found'],
    ['HTTP/1.1 500 Internal Server Error', 'server_error'],
    ['Response status: 403', 'not_shared'],
    ['Rate limit exceeded', 'too_many_requests'],
    ['connect ECONNREFUSED 127.0.0.1:1', 'connection_failed'],
    ['getaddrinfo ENOTFOUND drive.google.com', 'dns_failed'],
    ['Connection timed out', 'timeout'],
    ['socket hang up', 'connection_failed'],
    ['self signed certificate', 'tls_failed'],
    ['No space left on device', 'disk_full'],
    ['Disk quota exceeded', 'disk_full'],
    ['Quota exceeded', 'quota_exceeded'],
    ['Permission denied', 'access_denied'],
    ['403 Forbidden', 'not_shared'],
    ['Invalid URL', 'malformed_link'],
    ['checksum differs', 'hash_mismatch'],
    ["Private video. Sign in if you've been granted access to this video", 'private'],
    ['Sign in to confirm you’re not a bot', 'bot_check'],
    ['Video unavailable. This content isn’t available, try again later', 'soft_block'],
    ['This video has been removed by the uploader', 'removed'],
    ["This video isn't available anymore", 'removed'],
    ['Sign in to confirm your age', 'age_restricted'],
    ['Join this channel to get access to members-only content', 'members_only'],
    ['This live event will begin in 3 days', 'upcoming'],
    ['The uploader has not made this video available in your country', 'region_blocked'],
    ['unable to download video data: HTTP Error 403: Forbidden', 'media_forbidden'],
    ['The playlist does not exist', 'not_found'],
    ['row 429 is odd', 'unknown'],
    ['EVERYTHING IS FINE', 'unknown'],
    ['', 'unknown'],
  ])('%j is %s', ([message, cause]) => {
    expect(classifyError(new Error(message))).toBe(cause);
    expect(classifyError(message)).toBe(cause);
  });

  it.for([TypeError, RangeError, SyntaxError, ReferenceError])('but not those of a %o', (Fault) => {
    expect(classifyError(new Fault("Cannot read properties of undefined (reading 'timeout')"))).toBe(
      'unknown',
    );
  });

  it('are looked at in no time, however long they are', () => {
    const long = `${'HTTP error status '.repeat(100_000)}${'unavailable '.repeat(100_000)}`;
    const before = process.cpuUsage();
    expect(classifyError(new Error(long))).toBe('unknown');
    expect(process.cpuUsage(before).user).toBeLessThan(500_000);
  });
});

describe('a program that ended', () => {
  const ended = (code: number, cmd: string, words = '') =>
    Object.assign(new Error(`Command failed: ${cmd}\n${words}`), { code, cmd, killed: false });

  it('is known by its words, then by its exit code', () => {
    expect(classifyError(ended(1, 'yt-dlp -q', 'ERROR: Private video'))).toBe('private');
    expect(classifyError(ended(1, 'yt-dlp -q', 'ERROR: never heard of'))).toBe('ytdlp_failed');
    expect(classifyError({ exitCode: 2, command: '/usr/bin/yt-dlp' })).toBe('ytdlp_failed');
    expect(classifyError({ exitCode: 127, command: 'sh -c yt-dlp' })).toBe('ytdlp_missing');
    expect(classifyError({ exitCode: 127, command: 'ffprobe' })).toBe('ffmpeg_missing');
    expect(classifyError({ exitCode: 126, command: 'yt-dlp' })).toBe('access_denied');
    expect(classifyError({ exitCode: 0, command: 'yt-dlp' })).toBe('unknown');
    expect(classifyError(ended(1, 'ls'))).toBe('unknown');
  });
});

it('every cause that it gives is one of the table', () => {
  for (const odd of [undefined, null, 5, 5n, Symbol('odd'), Number.NaN, [], () => {}, 'constructor']) {
    expect(Object.keys(CAUSES)).toContain(classifyError(odd));
  }
  const forged: unknown = Object.create(RowtrailError.prototype);
  expect(classifyError(forged)).toBe('unknown');
});

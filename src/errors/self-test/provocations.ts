import type { Cause } from '../causes.ts';

/** An error as the platform makes it, and the cause that it has to be given. */
export interface Provocation {
  readonly cause: Cause;
  /** What is made, in words. */
  readonly made: string;
  readonly make: () => unknown;
}

/** Each is made, not met: no file, host or program is touched. */
export const PROVOCATIONS: readonly Provocation[] = [
  ...system('connection_failed', 'read', ['ECONNRESET', 'EPIPE']),
  ...system('connection_failed', 'connect', ['ECONNREFUSED', 'ENETUNREACH', 'EHOSTUNREACH', 'EACCES']),
  ...system('dns_failed', 'getaddrinfo', ['ENOTFOUND', 'EAI_AGAIN']),
  ...system('timeout', 'connect', ['ETIMEDOUT']),
  ...coded('connection_failed', ['UND_ERR_SOCKET']),
  ...coded('timeout', ['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']),
  ...coded('tls_failed', ['DEPTH_ZERO_SELF_SIGNED_CERT', 'CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID']),
  ...coded('short_body', ['ERR_STREAM_PREMATURE_CLOSE', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH']),
  {
    cause: 'dns_failed',
    made: 'TypeError: fetch failed, caused by ENOTFOUND',
    make: () => new TypeError('fetch failed', { cause: systemError('ENOTFOUND', 'getaddrinfo') }),
  },
  {
    cause: 'connection_failed',
    made: 'AggregateError of ECONNREFUSED for each address',
    make: () =>
      new AggregateError(['ECONNREFUSED', 'ENETUNREACH'].map((code) => systemError(code, 'connect'))),
  },
  { cause: 'timeout', made: 'TimeoutError', make: () => new DOMException('too slow', 'TimeoutError') },
  { cause: 'interrupted', made: 'AbortError', make: () => AbortSignal.abort().reason },

  ...answered('too_many_requests', 429),
  ...answered('too_many_requests', 403, 'userRateLimitExceeded'),
  ...answered('quota_exceeded', 403, 'downloadQuotaExceeded'),
  ...answered('download_disabled', 403, 'cannotDownloadFile'),
  ...answered('not_shared', 403),
  ...answered('not_found', 404),
  ...answered('timeout', 408),
  ...answered('unexpected_page', 418),
  ...answered('server_error', 500),

  ...said('private', "Private video. Sign in if you've been granted access to this video"),
  ...said('removed', 'This video has been removed by the uploader'),
  ...said('bot_check', 'Sign in to confirm you’re not a bot'),
  ...said('soft_block', "This content isn't available, try again later"),
  ...said('too_many_requests', 'HTTP Error 429: Too Many Requests'),
  ...said('age_restricted', 'Sign in to confirm your age'),
  ...said('members_only', 'Join this channel to get access to members-only content'),
  ...said('upcoming', 'This live event will begin in 3 hours'),
  ...said('region_blocked', 'The uploader has not made this video available in your country'),
  ...said('media_forbidden', 'unable to download video data: HTTP Error 403: Forbidden'),
  ...said('not_found', 'The playlist does not exist'),
  ...said('ytdlp_failed', 'something that nobody has heard of'),

  ...system('disk_full', 'write', ['ENOSPC', 'EDQUOT']),
  ...system('access_denied', 'open', ['EACCES', 'EPERM', 'EROFS']),
  ...system('file_missing', 'open', ['ENOENT']),
  ...system('write_failed', 'fsync', ['EIO', 'EBUSY']),
  ...system('too_many_open_files', 'open', ['EMFILE', 'ENFILE']),
  ...system('out_of_memory', 'read', ['ENOMEM']),
  ...coded('disk_full', ['SQLITE_FULL']),
  ...coded('access_denied', ['SQLITE_READONLY', 'SQLITE_CANTOPEN']),
  ...coded('write_failed', ['SQLITE_IOERR_WRITE']),
  ...coded('ledger_corrupt', ['SQLITE_CORRUPT', 'SQLITE_NOTADB']),
  ...coded('locked', ['SQLITE_BUSY', 'SQLITE_BUSY_SNAPSHOT']),
  notInstalled('ytdlp_missing', 'yt-dlp'),
  notInstalled('ffmpeg_missing', 'ffprobe'),

  ...coded('usage', ['commander.unknownOption']),
  { cause: 'malformed_link', made: 'ERR_INVALID_URL', make: () => thrownBy(() => new URL('//')) },
  { cause: 'unknown', made: 'SyntaxError', make: () => thrownBy(() => JSON.parse('{')) },
  { cause: 'unknown', made: 'RangeError', make: () => thrownBy(() => 'x'.repeat(-1)) },
  { cause: 'unknown', made: 'TypeError', make: () => new TypeError("reading 'timeout' of undefined") },
  { cause: 'unknown', made: 'null', make: () => null },
];

function systemError(code: string, syscall: string, facts: object = {}): Error {
  return Object.assign(new Error(`${syscall} ${code}`), { code, syscall, ...facts });
}

function system(cause: Cause, syscall: string, codes: readonly string[]): Provocation[] {
  return codes.map((code) => ({ cause, made: `${syscall} ${code}`, make: () => systemError(code, syscall) }));
}

function coded(cause: Cause, codes: readonly string[]): Provocation[] {
  return codes.map((code) => ({
    cause,
    made: code,
    make: () => Object.assign(new Error('it failed'), { code }),
  }));
}

function answered(cause: Cause, status: number, reason?: string): Provocation[] {
  const made = ['HTTP', status, ...(reason === undefined ? [] : [reason])].join(' ');
  const facts = { status, errors: reason === undefined ? [] : [{ reason }] };
  return [{ cause, made, make: () => Object.assign(new Error('the host refused'), facts) }];
}

/** What `execFile` rejects with when yt-dlp ends with code 1. */
function said(cause: Cause, words: string): Provocation[] {
  const message = `Command failed: yt-dlp --ignore-config\nERROR: [youtube] ${words}`;
  const facts = { code: 1, killed: false, signal: null, cmd: 'yt-dlp --ignore-config' };
  return [{ cause, made: `yt-dlp: "${words}"`, make: () => Object.assign(new Error(message), facts) }];
}

function notInstalled(cause: Cause, path: string): Provocation {
  return {
    cause,
    made: `spawn ${path} ENOENT`,
    make: () => systemError('ENOENT', `spawn ${path}`, { path }),
  };
}

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

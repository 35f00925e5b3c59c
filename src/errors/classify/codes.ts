import type { Cause } from '../causes.ts';

const NETWORK_CODES: Readonly<Record<string, Cause>> = {
  ENOTFOUND: 'dns_failed',
  ETIMEDOUT: 'timeout',
  ESOCKETTIMEDOUT: 'timeout',
  ERR_SOCKET_CONNECTION_TIMEOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  EPROTO: 'tls_failed',
  HOSTNAME_MISMATCH: 'tls_failed',
  INVALID_CA: 'tls_failed',
  UND_ERR_PRX_TLS: 'tls_failed',
  ECONNRESET: 'connection_failed',
  ECONNREFUSED: 'connection_failed',
  ECONNABORTED: 'connection_failed',
  EPIPE: 'connection_failed',
  ENETDOWN: 'connection_failed',
  ENETUNREACH: 'connection_failed',
  ENETRESET: 'connection_failed',
  EHOSTDOWN: 'connection_failed',
  EHOSTUNREACH: 'connection_failed',
  EADDRNOTAVAIL: 'connection_failed',
  ENOTCONN: 'connection_failed',
  ERR_STREAM_PREMATURE_CLOSE: 'short_body',
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: 'short_body',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'short_body',
};

const FILE_CODES: Readonly<Record<string, Cause>> = {
  ENOSPC: 'disk_full',
  EDQUOT: 'disk_full',
  EACCES: 'access_denied',
  EPERM: 'access_denied',
  EROFS: 'access_denied',
  EEXIST: 'access_denied',
  ENOTDIR: 'access_denied',
  ENOENT: 'file_missing',
  EIO: 'write_failed',
  EBUSY: 'write_failed',
  EFBIG: 'write_failed',
  EMFILE: 'too_many_open_files',
  ENFILE: 'too_many_open_files',
  ENOMEM: 'out_of_memory',
};

/** The primary code where the extended one says nothing more. */
const SQLITE_CODES: Readonly<Record<string, Cause>> = {
  SQLITE_FULL: 'disk_full',
  SQLITE_READONLY: 'access_denied',
  SQLITE_CANTOPEN: 'access_denied',
  SQLITE_PERM: 'access_denied',
  SQLITE_IOERR: 'write_failed',
  // The index of the log could not grow: it is allocated on the disk before it is used.
  SQLITE_IOERR_SHMSIZE: 'disk_full',
  SQLITE_CORRUPT: 'ledger_corrupt',
  SQLITE_NOTADB: 'ledger_corrupt',
  SQLITE_BUSY: 'locked',
  SQLITE_LOCKED: 'locked',
  SQLITE_NOMEM: 'out_of_memory',
};

const OTHER_CODES: Readonly<Record<string, Cause>> = {
  ERR_INVALID_URL: 'malformed_link',
  ERR_MEMORY_ALLOCATION_FAILED: 'out_of_memory',
  ERR_WORKER_OUT_OF_MEMORY: 'out_of_memory',
};

/** Codes that say little; whatever else is known of the error counts more. */
const VAGUE_CODES: Readonly<Record<string, Cause>> = {
  ABORT_ERR: 'interrupted',
  UND_ERR_ABORTED: 'interrupted',
  UND_ERR_SOCKET: 'connection_failed',
  UND_ERR_CLOSED: 'connection_failed',
  UND_ERR_DESTROYED: 'connection_failed',
  UND_ERR_INFO: 'connection_failed',
};

/** OpenSSL's and Node's families of codes: an untrusted, expired or foreign certificate, or no agreement at all. */
const TLS_CODE = /CERT|^ERR_TLS_|^ERR_SSL_|^ERR_OSSL_|^CRL_|^UNABLE_TO_/;
const USAGE_CODE = /^commander\.|^ERR_PARSE_ARGS_/;
const DNS_CODE = /^EAI_/;
const PROTOCOL_CODE = /^HPE_|^ERR_HTTP2_/;
/** Calls that a socket refuses by EACCES or EPERM are refused by a firewall, not by a folder. */
const SOCKET_CALL = /^(?:connect|sendto|sendmsg)\b/;
const ERRNO = /^E[A-Z0-9]{2,}$/;
/** Node's file calls; what they end with and no table names is still an error of the disk. */
const FILE_CALL =
  /^(?:f?(?:open|read|write|close|stat|sync|datasync|truncate|chmod|chown|utime|access)|lstat|rename|unlink|link|symlink|readlink|mkdir|mkdtemp|rmdir|rm|scandir|opendir|copyfile|cp|realpath|statfs|sendfile)$/;

/** A cause by the code of an error (errno, undici, OpenSSL, SQLite, ...) and the system call that it came from; null for none. */
export function causeOfCode(code: string, syscall = ''): Cause | null {
  if ((code === 'EACCES' || code === 'EPERM') && SOCKET_CALL.test(syscall)) return 'connection_failed';
  const known = entry(NETWORK_CODES, code) ?? entry(FILE_CODES, code) ?? entry(OTHER_CODES, code);
  if (known !== null) return known;
  if (code.startsWith('SQLITE_')) return sqliteCause(code);
  if (DNS_CODE.test(code)) return 'dns_failed';
  if (TLS_CODE.test(code)) return 'tls_failed';
  if (USAGE_CODE.test(code)) return 'usage';
  if (PROTOCOL_CODE.test(code)) return 'connection_failed';
  return ERRNO.test(code) && FILE_CALL.test(syscall) ? 'write_failed' : null;
}

/** A cause by a code that says little by itself; null for none. */
export const causeOfVagueCode = (code: string): Cause | null => entry(VAGUE_CODES, code);

/** The cause of a file operation's errno; null for one that says nothing about files. */
export const causeOfFileCode = (code: string): Cause | null => entry(FILE_CODES, code);

function sqliteCause(code: string): Cause | null {
  const primary = code.split('_').slice(0, 2).join('_');
  return entry(SQLITE_CODES, code) ?? entry(SQLITE_CODES, primary);
}

function entry(table: Readonly<Record<string, Cause>>, code: string): Cause | null {
  return Object.hasOwn(table, code) ? (table[code] ?? null) : null;
}

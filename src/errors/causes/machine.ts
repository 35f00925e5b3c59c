import { facts } from '../cause-facts.ts';
import { ErrorCategory as C, ErrorSeverity as S } from '../error-category.ts';

export const CSV_CAUSES = {
  csv_invalid: facts({
    category: C.VALIDATION,
    verdict: 'never',
    remedy: 'fix_csv',
    recognisedBy: 'the bytes of the CSV',
    nextStep: 'Correct the CSV where the message says, then run again.',
  }),
  csv_not_writable: facts({
    category: C.FILE_IO,
    verdict: 'again',
    remedy: 'close_csv',
    recognisedBy: 'EACCES, EPERM, EROFS, EBUSY, ETXTBSY while the CSV is replaced',
    nextStep: 'Close the CSV in Excel and check its permissions; the results are kept and written next time.',
  }),
  csv_changed: facts({
    category: C.FILE_IO,
    verdict: 'again',
    remedy: 'run_again',
    recognisedBy: 'size, times and inode of the CSV',
    nextStep: 'Somebody changed the CSV meanwhile: run again, their changes are taken in.',
  }),
  csv_row_gone: facts({
    category: C.VALIDATION,
    verdict: 'never',
    remedy: 'fix_csv',
    recognisedBy: 'a row_id that no row has',
    nextStep: 'The row is no longer in the CSV; its results are kept in the ledger.',
  }),
};

export const MACHINE_CAUSES = {
  file_missing: facts({
    category: C.FILE_IO,
    verdict: 'again',
    remedy: 'machine',
    recognisedBy: 'ENOENT',
    nextStep: 'Check the path.',
  }),
  disk_full: facts({
    category: C.FILE_IO,
    verdict: 'later',
    severity: S.CRITICAL,
    remedy: 'machine',
    recognisedBy: 'ENOSPC, EDQUOT, SQLITE_FULL',
    nextStep: 'Free some disk space, then run again.',
  }),
  access_denied: facts({
    category: C.FILE_IO,
    verdict: 'later',
    severity: S.CRITICAL,
    remedy: 'machine',
    recognisedBy: 'EACCES, EPERM, EROFS, EEXIST, ENOTDIR, SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM',
    nextStep: 'Check the permissions of the folder, and that no file stands in its place, then run again.',
  }),
  write_failed: facts({
    category: C.FILE_IO,
    verdict: 'again',
    remedy: 'machine',
    recognisedBy: 'EIO and every other errno of a file operation, SQLITE_IOERR',
    nextStep: 'Writing to the disk failed: check it, then run again.',
  }),
  too_many_open_files: facts({
    category: C.SYSTEM,
    verdict: 'again',
    remedy: 'machine',
    recognisedBy: 'EMFILE, ENFILE',
    nextStep: 'Too many files are open: raise the limit (ulimit -n) or lower --concurrency, then run again.',
  }),
  out_of_memory: facts({
    category: C.SYSTEM,
    verdict: 'later',
    severity: S.CRITICAL,
    remedy: 'machine',
    recognisedBy: 'ENOMEM, ERR_MEMORY_ALLOCATION_FAILED, ERR_WORKER_OUT_OF_MEMORY, SQLITE_NOMEM',
    nextStep: 'The memory is used up: end other programs or lower --concurrency, then run again.',
  }),
  ytdlp_missing: facts({
    category: C.SYSTEM,
    verdict: 'later',
    severity: S.CRITICAL,
    remedy: 'machine',
    recognisedBy: 'ENOENT while yt-dlp is started, exit code 127',
    nextStep: 'Install yt-dlp: `rowtrail doctor` says how.',
  }),
  ffmpeg_missing: facts({
    category: C.SYSTEM,
    verdict: 'later',
    severity: S.CRITICAL,
    remedy: 'machine',
    recognisedBy: 'ENOENT while ffmpeg or ffprobe is started, yt-dlp: "ffmpeg not found"',
    nextStep: 'Install ffmpeg: `rowtrail doctor` says how.',
  }),
  ytdlp_failed: facts({
    category: C.SYSTEM,
    verdict: 'again',
    remedy: 'update_ytdlp',
    recognisedBy: 'another exit code of yt-dlp than 0, with words that we do not know',
    nextStep: 'yt-dlp failed in a way we do not know: update it, then run again.',
  }),
  locked: facts({
    category: C.SYSTEM,
    verdict: 'later',
    remedy: 'wait',
    recognisedBy: "the kernel's lock on the CSV's run, SQLITE_BUSY, SQLITE_LOCKED",
    nextStep: 'Another rowtrail run works on this CSV: wait for it to end.',
  }),
  ledger_newer: facts({
    category: C.SYSTEM,
    verdict: 'never',
    remedy: 'update_rowtrail',
    recognisedBy: "the ledger's format version",
    nextStep: 'The ledger was written by a newer rowtrail: update this one.',
  }),
  store_unreachable: facts({
    category: C.SYSTEM,
    verdict: 'later',
    severity: S.CRITICAL,
    remedy: 'machine',
    recognisedBy: 'the store: errors of its connection, SQLSTATE classes 08, 28, 3D and 57P',
    nextStep:
      'Check the address after --store and whether PostgreSQL runs there, then run again: what was recorded is kept.',
  }),
  workers_lost: facts({
    category: C.SYSTEM,
    verdict: 'never',
    remedy: 'machine',
    recognisedBy: "the queue's dead letter: three workers that had the job were lost",
    nextStep:
      'Each worker that took this download was lost with it: look why they ended (memory, disk), then retry it.',
  }),
  sidecar_newer: facts({
    category: C.SYSTEM,
    verdict: 'never',
    remedy: 'update_rowtrail',
    recognisedBy: "the sidecar's format version",
    nextStep: 'The metadata file was written by a newer rowtrail: update this one.',
  }),
  ledger_corrupt: facts({
    category: C.DATA_CORRUPTION,
    verdict: 'never',
    severity: S.CRITICAL,
    remedy: 'run_again',
    recognisedBy: 'SQLITE_CORRUPT, SQLITE_NOTADB',
    nextStep:
      'Run again: the damaged ledger is then set aside and a new one is made from the CSV and the sidecars.',
  }),
  interrupted: facts({
    category: C.SYSTEM,
    verdict: 'later',
    severity: S.INFO,
    remedy: 'run_again',
    recognisedBy: 'AbortError, UND_ERR_ABORTED',
    nextStep: 'It was interrupted: run again, it continues.',
  }),
  usage: facts({
    category: C.VALIDATION,
    verdict: 'never',
    remedy: 'read_help',
    recognisedBy: 'arguments and settings, before anything is done',
    nextStep: 'See --help.',
  }),
  unknown: facts({
    category: C.SYSTEM,
    verdict: 'again',
    remedy: 'report',
    recognisedBy: 'everything else; faults of the program: TypeError, RangeError, SyntaxError',
    nextStep: 'Run again; if it stays, run with --verbose and report it.',
  }),
};

/** What object storage answers, where files are kept in a bucket. */
export const STORAGE_CAUSES = {
  storage_unreachable: facts({
    category: C.SYSTEM,
    verdict: 'later',
    severity: S.CRITICAL,
    remedy: 'storage',
    recognisedBy: 'object storage: errors of its connection, HTTP 408, 429 and 5xx after four tries',
    nextStep:
      'The object storage cannot be reached: check its address and whether it runs, then run again: what was fetched is kept here.',
  }),
  storage_refused: facts({
    category: C.SYSTEM,
    verdict: 'later',
    severity: S.CRITICAL,
    remedy: 'storage',
    recognisedBy: 'object storage: HTTP 401, 403 and other 4xx, NoSuchBucket, keys that it does not accept',
    nextStep:
      'Check the name of the bucket, the keys (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY or a profile) and what they are allowed to do, then run again.',
  }),
  storage_mismatch: facts({
    category: C.SYSTEM,
    verdict: 'again',
    remedy: 'storage',
    recognisedBy: 'object storage: the SHA-256 that it tells of what it was sent',
    nextStep:
      'The object storage holds other bytes than it was sent: run again; if it stays, have it checked.',
  }),
};

import { ErrorCategory as C, ErrorSeverity as S } from './error-category.ts';

/** Trying again costs an attempt; later costs none; never waits for a reset, a changed link or new credentials. */
export type Verdict = 'again' | 'later' | 'never';

/** What is known about a cause, wherever it occurs. */
export interface CauseFacts {
  readonly category: C;
  readonly severity: S;
  readonly verdict: Verdict;
  /** `host`: the host refuses us as a whole, whichever row asks; its rows lose no attempt and it is paused. */
  readonly scope: 'item' | 'host';
  /** What the person does next, in plain words. */
  readonly nextStep: string;
}

function facts(
  category: C,
  verdict: Verdict,
  nextStep: string,
  { severity = S.ERROR, scope = 'item' }: { severity?: S; scope?: 'item' | 'host' } = {},
): CauseFacts {
  return { category, severity, verdict, scope, nextStep };
}

/**
 * The one table of causes: from it come retry verdicts, the words of `failed` and `run`, and exit codes.
 * Wordings by which a cause is recognised stay with the source that meets them (docs: errors).
 */
export const CAUSES = {
  // the network
  connection_failed: facts(
    C.NETWORK,
    'again',
    'Check the connection (and --proxy, if you use one), then run again.',
  ),
  dns_failed: facts(
    C.NETWORK,
    'again',
    'The host name could not be looked up: check the connection, then run again.',
  ),
  tls_failed: facts(
    C.NETWORK,
    'again',
    "The host's certificate was not accepted: behind a company proxy, give its CA with --ca-cert FILE.",
  ),
  timeout: facts(C.NETWORK, 'again', 'The host did not answer in time: run again.'),
  server_error: facts(C.NETWORK, 'again', 'The host had an error of its own: run again.'),
  short_body: facts(
    C.NETWORK,
    'again',
    'The transfer was cut short: run again, it continues where it stopped.',
  ),
  media_forbidden: facts(
    C.NETWORK,
    'again',
    'The host refused the media address, which expires quickly: run again.',
  ),
  unexpected_page: facts(
    C.NETWORK,
    'again',
    'A web page came instead of the file: open the link in a browser to see what it says, then run again.',
  ),

  // the host refuses us as a whole
  bot_check: facts(
    C.RATE_LIMIT,
    'later',
    'YouTube asks whether we are a bot: wait, use another network, or give --cookies FILE; no row lost an attempt.',
    { severity: S.WARNING, scope: 'host' },
  ),
  soft_block: facts(C.RATE_LIMIT, 'later', 'YouTube turns us away for now: wait an hour, then run again.', {
    severity: S.WARNING,
    scope: 'host',
  }),
  too_many_requests: facts(C.RATE_LIMIT, 'later', 'The host asks us to slow down: wait, then run again.', {
    severity: S.WARNING,
    scope: 'host',
  }),
  quota_exceeded: facts(
    C.QUOTA,
    'later',
    'Too many people downloaded this file today: run again tomorrow, or ask the owner for a copy.',
    { severity: S.WARNING },
  ),
  upcoming: facts(C.VALIDATION, 'later', 'It has not been broadcast yet: run again after it was.', {
    severity: S.INFO,
  }),

  // the person who owns it must act
  private: facts(C.PERMISSION, 'never', 'Ask the owner to share it, then reset the row.'),
  not_shared: facts(
    C.PERMISSION,
    'never',
    'Ask the owner to share the file with "anyone with the link", then reset the row.',
  ),
  download_disabled: facts(
    C.PERMISSION,
    'never',
    'The owner switched downloads off: ask for a copy, then reset the row.',
  ),
  age_restricted: facts(
    C.PERMISSION,
    'never',
    'It needs a signed-in adult: give --cookies FILE, then reset the row.',
  ),
  members_only: facts(
    C.PERMISSION,
    'never',
    'It is for members of the channel: give --cookies FILE of a member, then reset the row.',
  ),
  region_blocked: facts(
    C.PERMISSION,
    'never',
    'It is not shown in this country: use --proxy in another one, then reset the row.',
  ),

  // gone, or never was
  removed: facts(C.VALIDATION, 'never', 'It is gone for good: ask the person for another link.'),
  not_found: facts(
    C.VALIDATION,
    'never',
    'Nothing stands under this link: ask the person for the right one.',
  ),
  no_captions: facts(C.VALIDATION, 'never', 'The video has no captions; nothing to do.', {
    severity: S.INFO,
  }),

  // the link itself
  malformed_link: facts(C.VALIDATION, 'never', 'Correct the link in the CSV, then run again.'),
  foreign_link: facts(
    C.VALIDATION,
    'never',
    'The link leads to another host: put a YouTube or Google Drive link there.',
  ),
  unsupported_link: facts(
    C.VALIDATION,
    'never',
    'Links of this kind are not supported: put a link to one video or file there.',
  ),

  // what arrived is not what it claims
  not_media: facts(C.DATA_CORRUPTION, 'again', 'What arrived is not a media file: run again.'),
  hash_mismatch: facts(
    C.DATA_CORRUPTION,
    'never',
    'The bytes differ from the published checksum, twice: ask for another copy.',
  ),
  type_mismatch: facts(
    C.DATA_CORRUPTION,
    'never',
    'The type in the CSV is not the one this result was made for: nothing was written to the row; check the type.',
  ),

  // the CSV
  csv_invalid: facts(C.VALIDATION, 'never', 'Correct the CSV where the message says, then run again.'),
  csv_not_writable: facts(
    C.FILE_IO,
    'again',
    'Close the CSV in Excel and check its permissions; the results are kept and written next time.',
  ),
  csv_changed: facts(
    C.FILE_IO,
    'again',
    'Somebody changed the CSV meanwhile: run again, their changes are taken in.',
  ),
  csv_row_gone: facts(
    C.VALIDATION,
    'never',
    'The row is no longer in the CSV; its results are kept in the ledger.',
  ),

  // this machine
  file_missing: facts(C.FILE_IO, 'never', 'Check the path.'),
  disk_full: facts(C.FILE_IO, 'later', 'Free some disk space, then run again.', { severity: S.CRITICAL }),
  access_denied: facts(C.FILE_IO, 'later', 'Check the permissions of the folder, then run again.', {
    severity: S.CRITICAL,
  }),
  write_failed: facts(C.FILE_IO, 'again', 'Writing to the disk failed: check it, then run again.'),
  ytdlp_missing: facts(C.SYSTEM, 'later', 'Install yt-dlp: `rowtrail doctor` says how.', {
    severity: S.CRITICAL,
  }),
  ffmpeg_missing: facts(C.SYSTEM, 'later', 'Install ffmpeg: `rowtrail doctor` says how.', {
    severity: S.CRITICAL,
  }),
  ytdlp_failed: facts(C.SYSTEM, 'again', 'yt-dlp failed in a way we do not know: update it, then run again.'),
  locked: facts(C.SYSTEM, 'later', 'Another rowtrail run works on this CSV: wait for it to end.'),
  ledger_newer: facts(C.SYSTEM, 'never', 'The ledger was written by a newer rowtrail: update this one.'),
  sidecar_newer: facts(
    C.SYSTEM,
    'never',
    'The metadata file was written by a newer rowtrail: update this one.',
  ),
  ledger_corrupt: facts(
    C.DATA_CORRUPTION,
    'never',
    'Run again: the damaged ledger is then set aside and a new one is made from the CSV and the sidecars.',
    { severity: S.CRITICAL },
  ),
  interrupted: facts(C.SYSTEM, 'later', 'It was interrupted: run again, it continues.', { severity: S.INFO }),
  usage: facts(C.VALIDATION, 'never', 'See --help.'),
  unknown: facts(C.SYSTEM, 'again', 'Run again; if it stays, run with --verbose and report it.'),
} as const satisfies Record<string, CauseFacts>;

export type Cause = keyof typeof CAUSES;

/** The facts of a cause as it is stored in the ledger; one that this version does not know counts as `unknown`. */
export function causeFacts(cause: string): CauseFacts {
  return Object.hasOwn(CAUSES, cause) ? CAUSES[cause as Cause] : CAUSES.unknown;
}

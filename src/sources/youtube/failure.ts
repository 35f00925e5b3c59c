import type { Cause } from '../../errors/index.ts';
import type { ItemFailure } from '../../row/index.ts';
import { upcomingFailure } from './upcoming.ts';

/** What is known of a run of yt-dlp that did not bring what it should. */
export interface RunEvidence {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The lines of its stderr. */
  readonly stderr: readonly string[];
  /** YouTube took back the session of the cookies that were given. */
  readonly signedOut?: boolean;
}

type Wording = readonly [RegExp, Cause];

/** The host refuses us, whatever we ask for. Some of it begins like a deletion, so it is tested first. */
const HOST_WORDS: readonly Wording[] = [
  [/sign in to confirm (?:that )?you.{0,3}re not a (?:ro)?bot/i, 'bot_check'],
  [/requiring a captcha/i, 'bot_check'],
  [/content isn.{0,3}t available,? try again later/i, 'soft_block'],
  [/rate.?limited by youtube/i, 'soft_block'],
  [/(?:video )?unavailable\b.*try again later/i, 'soft_block'],
  [/HTTP Error 429|Too Many Requests/i, 'too_many_requests'],
];

/** Words that leave no doubt about one video or playlist. */
const CLEAR_WORDS: readonly Wording[] = [
  [/private video|video is private|playlist is private|granted access to this video/i, 'private'],
  [/confirm your age|age.?restricted/i, 'age_restricted'],
  [/members.?only|join this channel|requires payment|music premium/i, 'members_only'],
  [
    /(?:available|blocked it) in your (?:country|location)|geo.?restrict|blocked .{0,60}in your country/i,
    'region_blocked',
  ],
  [
    /(?:live event|premiere\w*) will begin|premieres in|live stream recording is not available|processing this video/i,
    'upcoming',
  ],
  [
    /removed by the (?:uploader|user)|account .{0,60}terminated|no longer available|has been removed/i,
    'removed',
  ],
  [/DRM.?protected/i, 'download_disabled'],
  [/playlist does not exist|channel\/playlist does not exist|playlist type is unviewable/i, 'not_found'],
  [/Incomplete YouTube ID|truncated_id/i, 'malformed_link'],
];

/** The way to the host, and this machine. */
const TECHNICAL_WORDS: readonly Wording[] = [
  [/No space left on device|Disk quota exceeded|Errno 28\b/i, 'disk_full'],
  [/Permission denied|Read-only file system/i, 'access_denied'],
  [/ff(?:mpeg|probe).{0,40}not found|ffmpeg is not installed/i, 'ffmpeg_missing'],
  [/(?:unable to download video data|Got error): HTTP Error (?:403|404|410)/i, 'media_forbidden'],
  [/Tunnel connection failed: 40[1357]|HTTP Error 407/i, 'proxy_refused'],
  [/HTTP Error 5\d\d/i, 'server_error'],
  [/CERTIFICATE_VERIFY_FAILED|certificate verify failed|SSL: |SSLError|TLS/i, 'tls_failed'],
  [
    /Name or service not known|name resolution|getaddrinfo|nodename nor servname|No address associated/i,
    'dns_failed',
  ],
  [/timed? ?out/i, 'timeout'],
  [
    /content too short|IncompleteRead|downloaded file is empty|Did not get any data|bytes read, \d+ more expected|Downloaded \d+ bytes, expected/i,
    'short_body',
  ],
  [
    /Connection|Network is unreachable|URLError|urlopen error|Remote end closed|Tunnel|proxy|EOF occurred/i,
    'connection_failed',
  ],
  [/Conversion failed|Invalid data found|Error opening input|moov atom/i, 'not_media'],
];

/** Said of gone videos, and of anything else when the host answers less than usual. */
const VAGUE_WORDS: readonly Wording[] = [
  [/isn.{0,3}t available any ?more|does not exist|has been deleted/i, 'removed'],
  [/video (?:is )?(?:unavailable|not available)|isn.{0,3}t available/i, 'removed'],
  [/HTTP Error 404/i, 'not_found'],
  [/HTTP Error 403/i, 'soft_block'],
];

/** Newer versions say it themselves, before an error that only asks to sign in. */
const SIGNED_OUT = /account cookies are no longer valid/i;
/** Causes that another account may not meet. */
const OF_THE_ACCOUNT: readonly string[] = ['private', 'age_restricted', 'members_only'];
const ASKS_TO_SIGN_IN = /\bsign in\b|\blog ?in\b|login (?:details|required)|authenticat/i;

/** Whatever is said about subtitles says nothing about the video. */
const ABOUT_SUBTITLES = /\bsubtitles? (?:for|languages|file|not available)|automatic captions/i;

/** Characters of yt-dlp's own words in a message. */
const MAX_WORDS = 300;

/**
 * Why a run of yt-dlp brought no video, or no list. What the host says of us as a whole comes first; a WARNING about
 * too many requests counts before an error that may follow from it, but not before words that leave no doubt.
 * @param now from which on "in 2 hours" counts
 */
export function classifyYtDlpFailure(evidence: RunEvidence, now: Date): ItemFailure {
  const lines = evidence.stderr.filter((line) => !ABOUT_SUBTITLES.test(line));
  const errors = lines.filter((line) => line.startsWith('ERROR'));
  // A traceback or a message of the loader has no ERROR in front.
  const said = errors.length > 0 ? errors : lines.filter((line) => !line.startsWith('WARNING'));
  const failure = match(HOST_WORDS, said) ??
    match(CLEAR_WORDS, said) ??
    match(HOST_WORDS, lines) ??
    match(TECHNICAL_WORDS, said) ??
    match(VAGUE_WORDS, said) ?? { cause: 'ytdlp_failed', message: sentence(said.at(-1) ?? endOf(evidence)) };
  const isSignedOut = evidence.signedOut === true || lines.some((line) => SIGNED_OUT.test(line));
  if (isSignedOut) return withoutSession(failure);
  return failure.cause === 'upcoming' ? upcomingFailure(failure.message, now) : failure;
}

/** What a failure says where nobody was signed in although cookies were given: nothing final of what needs an account. */
function withoutSession(failure: ItemFailure): ItemFailure {
  const isAboutAccounts =
    OF_THE_ACCOUNT.includes(failure.cause) ||
    (failure.cause === 'ytdlp_failed' && ASKS_TO_SIGN_IN.test(failure.message));
  if (isAboutAccounts)
    return { cause: 'cookies_expired', message: `The cookies are no longer valid. ${failure.message}` };
  // The host turns everybody away: the cookies are only one reason more.
  return failure.cause === 'bot_check'
    ? { ...failure, message: `${failure.message} (the cookies are no longer valid)` }
    : failure;
}

/** Why a run that did reach the video brought no transcript; null when nothing was said about it. */
export function classifyTranscriptFailure({ stderr }: RunEvidence): ItemFailure | null {
  const lines = stderr.filter((line) => ABOUT_SUBTITLES.test(line));
  const failed = lines.filter((line) => /Unable to download|missing subtitles|Cannot write/i.test(line));
  const last = failed.at(-1);
  if (last === undefined) return null;
  return (
    match(HOST_WORDS, failed) ??
    match(TECHNICAL_WORDS, failed) ??
    match(VAGUE_WORDS, failed) ?? { cause: 'ytdlp_failed', message: sentence(last) }
  );
}

function match(wordings: readonly Wording[], lines: readonly string[]): ItemFailure | null {
  for (const [words, cause] of wordings) {
    const line = lines.find((text) => words.test(text));
    if (line !== undefined) return { cause, message: sentence(line) };
  }
  return null;
}

/** yt-dlp's words without its own dressing: level, extractor, id, advice on reporting bugs. */
function sentence(line: string): string {
  const words = line
    .replace(/^(?:ERROR|WARNING):\s*/, '')
    .replace(/^\[[^\]]{1,40}\]\s*(?:[A-Za-z0-9_-]{2,64}:\s*)?/, '')
    .replace(/ Use --cookies.*$| It is recommended to .*$| \(caused by .*$/, '')
    .replace(/;? *please report this issue on.*$/i, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return `yt-dlp: ${words.length > MAX_WORDS ? `${words.slice(0, MAX_WORDS)}\u2026` : words}`;
}

function endOf({ exitCode, signal }: RunEvidence): string {
  return signal === null ? `ended with code ${exitCode} and said nothing` : `was ended by ${signal}`;
}

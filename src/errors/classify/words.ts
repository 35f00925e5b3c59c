import type { Cause } from '../causes.ts';
import { causeOfCode } from './codes.ts';
import { causeOfStatus } from './http-status.ts';

type Wording = readonly [RegExp, Cause];

/** Words that leave no doubt; a refusal of the host can begin like a deletion, so it is tested first. */
const CLEAR_WORDS: readonly Wording[] = [
  [/sign in to confirm (?:that )?you.{0,3}re not a (?:ro)?bot|captcha/i, 'bot_check'],
  [/isn.{0,3}t available,? try again later|unavailable\b.{0,80}try again later/i, 'soft_block'],
  [/too many requests|rate.?limit/i, 'too_many_requests'],
  [/private video|video is private|playlist is private/i, 'private'],
  [/confirm your age|age.?restricted/i, 'age_restricted'],
  [/members.?only|join this channel/i, 'members_only'],
  [/available in your country|geo.?restrict/i, 'region_blocked'],
  [/(?:live event|premiere) will begin|premieres in/i, 'upcoming'],
  [/removed by the (?:uploader|user)|account .{0,60}terminated|isn.{0,3}t available any ?more/i, 'removed'],
  [/playlist does not exist/i, 'not_found'],
  [/unable to download video data: HTTP Error 403/i, 'media_forbidden'],
  [/no space left|disk (?:is )?full|disk quota/i, 'disk_full'],
  [/quota/i, 'quota_exceeded'],
];

const TECHNICAL_WORDS: readonly Wording[] = [
  [/permission denied|operation not permitted|read-only file system/i, 'access_denied'],
  [/forbidden|unauthori[sz]ed|access (?:is )?denied/i, 'not_shared'],
  [/\bff(?:mpeg|probe)\b.{0,40}not (?:found|installed)/i, 'ffmpeg_missing'],
  [/\byt-dlp\b.{0,40}(?:not found|no such file|not installed)/i, 'ytdlp_missing'],
  [/no such file|file not found/i, 'file_missing'],
  [/too many open files/i, 'too_many_open_files'],
  [/out of memory|heap limit/i, 'out_of_memory'],
  [/certificate|\bSSL\b|\bTLS\b/i, 'tls_failed'],
  [/getaddrinfo|name resolution|name or service not known|\bDNS\b/i, 'dns_failed'],
  [/time(?:d)?[ -]?out/i, 'timeout'],
  [/checksum|hash mismatch/i, 'hash_mismatch'],
  [/incomplete read|content too short|premature close|unexpected end of (?:file|stream)/i, 'short_body'],
  [/connection|socket hang up|network|fetch failed|\bproxy\b/i, 'connection_failed'],
  [/invalid url/i, 'malformed_link'],
];

/** `HTTP 429`, `HTTP Error 503: ...`, `status code 404`, `HTTP/1.1 500`. */
const HTTP_STATUS =
  /\b(?:HTTP|status)(?:\/\d(?:\.\d)?)?(?:[ -]?(?:error|status|code|response)){0,3}[ :=]{0,3}\(?([45]\d\d)\b/i;
const CODE_IN_TEXT = /\b(?:UND_ERR_|SQLITE_|E)[A-Z][A-Z0-9_]{2,40}\b/g;

/** How much of a message is looked at. */
const LOOKED_AT = 4096;

/**
 * A cause by the words of a message: the last resort, for errors that carry no fact. What a host or a program says in its
 * own words is recognised by the source that meets it.
 */
export function causeOfWords(message: string): Cause | null {
  const text = message.slice(0, LOOKED_AT);
  return match(CLEAR_WORDS, text) ?? codeIn(text) ?? statusIn(text) ?? match(TECHNICAL_WORDS, text);
}

function match(wordings: readonly Wording[], text: string): Cause | null {
  return wordings.find(([words]) => words.test(text))?.[1] ?? null;
}

function codeIn(text: string): Cause | null {
  for (const [code] of text.matchAll(CODE_IN_TEXT)) {
    const cause = causeOfCode(code);
    if (cause !== null) return cause;
  }
  return null;
}

function statusIn(text: string): Cause | null {
  return causeOfStatus(Number(HTTP_STATUS.exec(text)?.[1]));
}

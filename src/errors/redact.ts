const HIDDEN = '[hidden]';

/** Names of parameters and fields that hold a secret, in any spelling. */
const SECRET_NAME =
  'api[-_]?key|access[-_]?token|refresh[-_]?token|id[-_]?token|client[-_]?secret|password|passwd|x-(?:amz|goog)-(?:signature|credential|security-token)';
/** Those that hold one in the query of an address and are ordinary words elsewhere. */
const SECRET_PARAMETER = `${SECRET_NAME}|key|token|auth|secret|pwd|sig|lsig|signature|sid|session|sessionid|cookie|ip`;

/** What was hidden already is left alone. */
const VALUE = String.raw`(?!\[hidden\])[^\s&;,#"'<>)}]+`;

const RULES: readonly (readonly [RegExp, string])[] = [
  // whole header lines: everything behind the name
  [
    /\b((?:set-)?cookie|(?:proxy-)?authorization)(["']?\s{0,4}[:=]\s{0,4})(?!\s|\[hidden\])[^\r\n]+/gi,
    `$1$2${HIDDEN}`,
  ],
  // user:password@ of an address
  [/(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#@]{1,512}@/gi, `$1${HIDDEN}@`],
  [new RegExp(`([?&;#](?:${SECRET_PARAMETER})=)${VALUE}`, 'gi'), `$1${HIDDEN}`],
  [new RegExp(`\\b(${SECRET_NAME})(["']?\\s{0,4}[:=]\\s{0,4}["']?)${VALUE}`, 'gi'), `$1$2${HIDDEN}`],
  // keys and tokens of Google, and what follows Bearer
  [/\bAIza[\w-]{30,}|\bya29\.[\w.-]{10,}/g, HIDDEN],
  [/\b(Bearer|Basic) {1,4}[\w.~+/=-]{6,}/gi, `$1 ${HIDDEN}`],
  [
    /[\p{L}\p{N}._%+'-]{1,64}(?:@|%40)[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){0,8}\.\p{L}{2,24}/giu,
    '[e-mail]',
  ],
];

/**
 * A text without what must not leave the machine with it: e-mail addresses, `user:password@` and secret parameters of
 * addresses, cookies, authorization, keys and tokens. Names of people cannot be told from other words; messages of ours hold
 * row_ids only. Pure.
 */
export function redact(text: string): string {
  return RULES.reduce((kept, [pattern, replacement]) => kept.replace(pattern, replacement), text);
}

/** What every answer says: nothing of others is loaded, nothing inline runs, nobody shows it in a frame. */
export const SAFE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; font-src 'self'; connect-src 'self'; frame-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
};

/** A file that somebody sent: nothing in it runs, and only the dashboard shows it. */
export function fileHeaders(isPdf: boolean): Readonly<Record<string, string>> {
  // Browsers show no PDF in a sandbox; what runs in one is the viewer's matter.
  const sandbox = isPdf ? '' : '; sandbox';
  return {
    'content-security-policy': `default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'${sandbox}`,
    'x-frame-options': 'SAMEORIGIN',
  };
}

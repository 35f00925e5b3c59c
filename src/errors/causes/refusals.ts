import { facts } from '../cause-facts.ts';
import { ErrorCategory as C, ErrorSeverity as S } from '../error-category.ts';

/** The host refuses us as a whole, or for now. */
export const REFUSAL_CAUSES = {
  bot_check: facts({
    category: C.RATE_LIMIT,
    verdict: 'later',
    severity: S.WARNING,
    scope: 'host',
    remedy: 'wait',
    recognisedBy: 'yt-dlp: "Sign in to confirm you\'re not a bot"',
    nextStep:
      'YouTube asks whether we are a bot: wait an hour, then run again with a lower pace (--pace 3s), from another address (--proxy URL) or with --cookies FILE; no row lost an attempt.',
  }),
  soft_block: facts({
    category: C.RATE_LIMIT,
    verdict: 'later',
    severity: S.WARNING,
    scope: 'host',
    remedy: 'wait',
    recognisedBy: 'yt-dlp: "This content isn\'t available, try again later", HTTP 403 on a page',
    nextStep:
      'YouTube turns us away for now: wait an hour, then run again, with a lower pace (--pace 3s); no row lost an attempt.',
  }),
  too_many_requests: facts({
    category: C.RATE_LIMIT,
    verdict: 'later',
    severity: S.WARNING,
    scope: 'host',
    remedy: 'wait',
    recognisedBy:
      "HTTP 429, 5xx or 403 with Retry-After, 403 with rateLimitExceeded, userRateLimitExceeded and the like, Google's page for bots",
    nextStep: 'The host asks us to slow down: wait, then run again; no row lost an attempt.',
  }),
  quota_exceeded: facts({
    category: C.QUOTA,
    verdict: 'later',
    severity: S.WARNING,
    remedy: 'wait',
    recognisedBy: 'HTTP 403 with downloadQuotaExceeded or dailyLimitExceeded, Drive\'s page "Quota exceeded"',
    nextStep: 'Too many people downloaded this file today: run again tomorrow, or ask the owner for a copy.',
  }),
  upcoming: facts({
    category: C.VALIDATION,
    verdict: 'later',
    severity: S.INFO,
    remedy: 'wait',
    recognisedBy: 'yt-dlp: "This live event will begin in", "Premieres in"',
    nextStep: 'It has not been broadcast yet: run again after it was.',
  }),
  live_now: facts({
    category: C.VALIDATION,
    verdict: 'later',
    severity: S.INFO,
    remedy: 'wait',
    recognisedBy: 'yt-dlp: `live_status` is `is_live`',
    nextStep: 'It is being broadcast: run again when it has ended.',
  }),
};

import type { VideoBehaviour } from './video.ts';

interface Refusal {
  readonly status: 'ERROR' | 'LOGIN_REQUIRED' | 'UNPLAYABLE' | 'LIVE_STREAM_OFFLINE';
  readonly reason: string;
  readonly subreason?: string;
}

/** YouTube's own words; downloaders and people tell the causes apart by them. */
const REFUSALS: Readonly<Record<Exclude<VideoBehaviour, 'ok' | 'live'>, Refusal>> = {
  private: {
    status: 'LOGIN_REQUIRED',
    reason: 'Private video',
    subreason: "Sign in if you've been granted access to this video",
  },
  removed: {
    status: 'ERROR',
    reason: 'Video unavailable',
    subreason: 'This video has been removed by the uploader',
  },
  terminated: {
    status: 'ERROR',
    reason: 'Video unavailable',
    subreason:
      'This video is no longer available because the YouTube account associated with this video has been terminated.',
  },
  unavailable: {
    status: 'ERROR',
    reason: 'Video unavailable',
    subreason: "This video isn't available anymore",
  },
  'bot-check': { status: 'LOGIN_REQUIRED', reason: 'Sign in to confirm you\u2019re not a bot' },
  'soft-block': {
    status: 'UNPLAYABLE',
    reason: 'Video unavailable',
    subreason: "This content isn't available, try again later.",
  },
  age: {
    status: 'LOGIN_REQUIRED',
    reason: 'Sign in to confirm your age',
    subreason: 'This video may be inappropriate for some users.',
  },
  members: {
    status: 'UNPLAYABLE',
    reason:
      'Join this channel to get access to members-only content like this video, and other exclusive perks.',
  },
  region: {
    status: 'UNPLAYABLE',
    reason: 'Video unavailable',
    subreason: 'The uploader has not made this video available in your country.',
  },
  upcoming: { status: 'LIVE_STREAM_OFFLINE', reason: 'This live event will begin in 2 hours.' },
};

/** The `playabilityStatus` of a player response. */
export function playabilityStatus(behaviour: VideoBehaviour): Record<string, unknown> {
  if (behaviour === 'ok' || behaviour === 'live') return { status: 'OK', playableInEmbed: true };
  const { status, reason, subreason } = REFUSALS[behaviour];
  return {
    status,
    reason,
    ...(behaviour === 'age' ? { desktopLegacyAgeGateReason: 1 } : {}),
    errorScreen: {
      playerErrorMessageRenderer: {
        reason: { simpleText: reason },
        ...(subreason === undefined ? {} : { subreason: { simpleText: subreason } }),
      },
    },
  };
}

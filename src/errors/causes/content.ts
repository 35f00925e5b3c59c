import { facts } from '../cause-facts.ts';
import { ErrorCategory as C, ErrorSeverity as S } from '../error-category.ts';

/** The person who owns it must act. */
export const PERMISSION_CAUSES = {
  private: facts({
    category: C.PERMISSION,
    verdict: 'never',
    remedy: 'owner_must_share',
    recognisedBy: 'yt-dlp: "Private video. Sign in if you\'ve been granted access"',
    nextStep: 'Ask the owner to share it, then reset the row.',
  }),
  not_shared: facts({
    category: C.PERMISSION,
    verdict: 'never',
    remedy: 'owner_must_share',
    recognisedBy: "HTTP 401 or 403 without another reason, Google's sign-in page",
    nextStep: 'Ask the owner to share the file with "anyone with the link", then reset the row.',
  }),
  credentials_unusable: facts({
    category: C.PERMISSION,
    verdict: 'later',
    severity: S.CRITICAL,
    remedy: 'credentials',
    recognisedBy:
      'the file of --google-credentials, the answer of the token endpoint, authError, keyInvalid, API_KEY_..._BLOCKED, accessNotConfigured and the like',
    nextStep:
      'Correct --drive-api-key or --google-credentials (`rowtrail doctor` tries them), then run again.',
  }),
  download_disabled: facts({
    category: C.PERMISSION,
    verdict: 'never',
    remedy: 'ask_for_copy',
    recognisedBy: 'HTTP 403 with cannotDownloadFile, Drive\'s page, yt-dlp: "DRM protected"',
    nextStep: 'The owner switched downloads off: ask for a copy, then reset the row.',
  }),
  age_restricted: facts({
    category: C.PERMISSION,
    verdict: 'never',
    remedy: 'cookies_needed',
    recognisedBy: 'yt-dlp: "Sign in to confirm your age"',
    nextStep: 'It needs a signed-in adult: give --cookies FILE, then reset the row.',
  }),
  members_only: facts({
    category: C.PERMISSION,
    verdict: 'never',
    remedy: 'cookies_needed',
    recognisedBy: 'yt-dlp: "Join this channel to get access to members-only content"',
    nextStep: 'It is for members of the channel: give --cookies FILE of a member, then reset the row.',
  }),
  cookies_expired: facts({
    category: C.PERMISSION,
    verdict: 'later',
    remedy: 'cookies_again',
    recognisedBy:
      'a demand to sign in, after YouTube took back the cookies that were given (yt-dlp: "account cookies are no longer valid")',
    nextStep:
      'YouTube no longer accepts these cookies: export them again, from a private window that is closed afterwards, then run again with --cookies FILE.',
  }),
  region_blocked: facts({
    category: C.PERMISSION,
    verdict: 'never',
    remedy: 'other_country',
    recognisedBy: 'yt-dlp: "The uploader has not made this video available in your country"',
    nextStep: 'It is not shown in this country: use --proxy in another one, then reset the row.',
  }),
};

/** Gone, or never was. */
export const GONE_CAUSES = {
  removed: facts({
    category: C.VALIDATION,
    verdict: 'never',
    remedy: 'gone_for_good',
    recognisedBy:
      'yt-dlp: "removed by the uploader", "account has been terminated", "isn\'t available anymore"',
    nextStep: 'It is gone for good: ask the person for another link.',
  }),
  not_found: facts({
    category: C.VALIDATION,
    verdict: 'never',
    remedy: 'gone_for_good',
    recognisedBy: 'HTTP 404 or 410, the reason notFound, yt-dlp: "The playlist does not exist"',
    nextStep: 'Nothing stands under this link: ask the person for the right one.',
  }),
  no_captions: facts({
    category: C.VALIDATION,
    verdict: 'never',
    severity: S.INFO,
    remedy: 'nothing',
    recognisedBy: 'yt-dlp ends well and brings no subtitles',
    nextStep: 'The video has no captions; nothing to do.',
  }),
};

export const LINK_CAUSES = {
  malformed_link: facts({
    category: C.VALIDATION,
    verdict: 'never',
    remedy: 'link_malformed',
    recognisedBy: 'the link cell, before any host is asked; ERR_INVALID_URL',
    nextStep: 'Correct the link in the CSV, then run again.',
  }),
  foreign_link: facts({
    category: C.VALIDATION,
    verdict: 'never',
    remedy: 'link_malformed',
    recognisedBy: 'the link cell: a host that is neither YouTube nor Google Drive',
    nextStep:
      'The link leads to another host: put a YouTube or Google Drive link there; plain file links in the Drive column need --allow-direct-links.',
  }),
  unsupported_link: facts({
    category: C.VALIDATION,
    verdict: 'never',
    remedy: 'link_malformed',
    recognisedBy: 'the link cell: a channel, a search, a form',
    nextStep: 'Links of this kind are not supported: put a link to one video or file there.',
  }),
  private_address: facts({
    category: C.VALIDATION,
    verdict: 'never',
    remedy: 'link_malformed',
    recognisedBy:
      'a link or a redirect to an address of this machine or its network, when it is connected to',
    nextStep:
      'The link leads into a private network: put a public link there; one that you trust is followed with --allow-private-addresses once it was reset.',
  }),
};

/** What arrived is not what it claims. */
export const ARRIVAL_CAUSES = {
  // What was fetched once more may well be right, as with a web page in a file's place; bytes that are wrong twice are not.
  not_media: facts({
    category: C.NETWORK,
    verdict: 'again',
    remedy: 'run_again',
    recognisedBy: 'ffprobe finds no media, or other media than was asked for; yt-dlp: "Conversion failed"',
    nextStep: 'What arrived is not a media file: run again.',
  }),
  hash_mismatch: facts({
    category: C.DATA_CORRUPTION,
    verdict: 'never',
    remedy: 'ask_for_copy',
    recognisedBy: 'a checksum that differs from the published one, once more after a fetch from zero',
    nextStep: 'The bytes differ from the published checksum, twice: ask for another copy.',
  }),
  type_mismatch: facts({
    category: C.DATA_CORRUPTION,
    verdict: 'never',
    remedy: 'fix_csv',
    recognisedBy: "the bytes of the row's type cell",
    nextStep:
      'The type in the CSV is not the one this result was made for: nothing was written to the row; check the type.',
  }),
};

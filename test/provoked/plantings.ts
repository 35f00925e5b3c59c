import type { Internet } from '../../src/demo/internet/index.ts';
import type { DriveFileOptions } from '../../src/demo/internet/drive/drive-file.ts';
import type { VideoBehaviour, VideoOptions } from '../../src/demo/internet/youtube/video.ts';
import type { Cause, DownloadType } from '../../src/index.ts';

/** Something that goes wrong with one download, wherever the row that links to it stands. */
export interface Planting {
  readonly cause: Cause;
  readonly type: DownloadType;
  /** Puts it on the internet. @param n no two of an internet are the same @returns the link cell */
  readonly plant: (internet: Internet, n: number) => string;
}

export const videoLink = (id: string) => `https://youtu.be/${id}`;
export const fileLink = (id: string) => `https://drive.google.com/file/d/${id}/view`;

const videoId = (n: number) => `plant${String(n).padStart(6, '0')}`;
const fileId = (n: number) => `planted-file-${n}`;

/** A file that arrives. @returns the link cell */
export function plantFine({ drive }: Internet, n: number): string {
  return fileLink(drive.addFile({ id: fileId(n), name: `${n}.txt`, body: `words of ${n}` }).id);
}

/** A video that arrives. @returns the link cell */
export function plantFineVideo({ youtube }: Internet, n: number): string {
  return videoLink(youtube.addVideo({ id: videoId(n), captions: [{ lang: 'en', text: 'words' }] }).id);
}

const video = (cause: Cause, options: VideoOptions): Planting => ({
  cause,
  type: 'youtube',
  plant: ({ youtube }, n) => videoLink(youtube.addVideo({ ...options, id: videoId(n) }).id),
});
const refused = (cause: Cause, behaviour: VideoBehaviour) => video(cause, { behaviour });

const file = (cause: Cause, options: DriveFileOptions): Planting => ({
  cause,
  type: 'drive',
  plant: ({ drive }, n) =>
    fileLink(drive.addFile({ name: `${n}.txt`, body: 'words', ...options, id: fileId(n) }).id),
});
const answered = (cause: Cause, status: number, reason?: string) =>
  file(cause, { faults: { download: { status, ...(reason === undefined ? {} : { reason }) } } });

const cell = (cause: Cause, type: DownloadType, link: string): Planting => ({
  cause,
  type,
  plant: () => link,
});

/** Every failure of a single download that the loopback internet can provoke, by what was done. */
export const PLANTINGS = {
  'a private video': refused('private', 'private'),
  'a video that was removed': refused('removed', 'removed'),
  'a video of an account that was ended': refused('removed', 'terminated'),
  'a video that is not there any more': refused('removed', 'unavailable'),
  'a video for adults': refused('age_restricted', 'age'),
  'a video for members': refused('members_only', 'members'),
  'a video for other countries': refused('region_blocked', 'region'),
  'a video that is yet to come': refused('upcoming', 'upcoming'),
  'a video that is being broadcast': refused('live_now', 'live'),
  'media addresses that are refused': video('media_forbidden', { faults: { media: { status: 403 } } }),
  'a web page in place of the media': video('not_media', {
    itags: [18],
    lengthUnknown: true,
    faults: { media: { status: 200 } },
  }),
  'a playlist that is not there': cell(
    'not_found',
    'youtube',
    'https://www.youtube.com/playlist?list=PLnever0000000000',
  ),
  'a link to a channel': cell('unsupported_link', 'youtube', 'https://www.youtube.com/@somebody'),
  'half a video link': cell('malformed_link', 'youtube', 'https://youtu.be/short'),
  'a video of another site': cell('foreign_link', 'youtube', 'https://vimeo.com/76979871'),

  'a file that asks to sign in': file('not_shared', { behaviour: 'sign-in' }),
  'a file that answers 403': answered('not_shared', 403),
  'a file that answers 401': answered('not_shared', 401),
  'a file whose key is missing': file('not_shared', { resourceKey: '0-abcdefgh' }),
  'a file that too many fetched': file('quota_exceeded', { behaviour: 'quota' }),
  'a file that too many fetched, with 403': file('quota_exceeded', { behaviour: 'quota-403' }),
  'a quota of the day that is used up': answered('quota_exceeded', 403, 'dailyLimitExceeded'),
  'a file that may not be downloaded': file('download_disabled', { behaviour: 'cannot-download' }),
  'a file that may not be downloaded, in JSON': answered('download_disabled', 403, 'cannotDownloadFile'),
  'a file that is not there': file('not_found', { behaviour: 'not-found' }),
  'a file that was deleted': answered('not_found', 410),
  'a folder that is not there': cell(
    'not_found',
    'drive',
    'https://drive.google.com/drive/folders/1never000000000000',
  ),
  'a page that says nothing': file('unexpected_page', { behaviour: 'html' }),
  'an answer that we do not know': answered('unexpected_page', 418),
  'a host that fails': answered('server_error', 503),
  'a host that gave up waiting': answered('timeout', 408),
  'fewer bytes than were announced': file('short_body', { excessLength: 10 }),
  'other bytes than were published': file('hash_mismatch', { checksums: 'wrong' }),
  'no file id in the link': cell('malformed_link', 'drive', 'https://drive.google.com/file/d/x/view'),
  'a file of another site': cell('foreign_link', 'drive', 'https://www.dropbox.com/s/abc/file.txt'),
  'a file that redirects into a private network': file('private_address', {
    redirectTo: 'http://127.0.0.1:9/file.bin',
  }),
  'a link to a form': cell(
    'unsupported_link',
    'drive',
    'https://docs.google.com/forms/d/e/1FAIpQLS/viewform',
  ),
} as const satisfies Readonly<Record<string, Planting>>;

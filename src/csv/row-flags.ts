import type { DownloadStatus, DownloadType } from '../row/index.ts';

/** A status cell as the index keeps it; `unknown` is text that is no status. */
export type StatusText = DownloadStatus | '' | 'unknown';

const STATUS_TEXTS = [
  '',
  'pending',
  'downloading',
  'completed',
  'failed',
  'unknown',
] as const satisfies StatusText[];

/** Bits of a row's flags: 0-2 status of youtube, 3-5 of drive, then one bit each. */
const STATUS_BITS = 0b111;
const STATUS_SHIFT = { youtube: 0, drive: 3 } as const satisfies Record<DownloadType, number>;
const LINK_BIT = { youtube: 1 << 6, drive: 1 << 7 } as const satisfies Record<DownloadType, number>;
const SHORT_BIT = 1 << 8;
const TOO_LONG_BIT = 1 << 9;

export const statusOf = (flags: number, type: DownloadType): StatusText =>
  STATUS_TEXTS[(flags >> STATUS_SHIFT[type]) & STATUS_BITS] ?? 'unknown';
export const hasLinkOf = (flags: number, type: DownloadType): boolean => (flags & LINK_BIT[type]) !== 0;
export const isShortOf = (flags: number): boolean => (flags & SHORT_BIT) !== 0;
export const isTooLongOf = (flags: number): boolean => (flags & TOO_LONG_BIT) !== 0;

export const statusBits = (type: DownloadType, status: StatusText): number =>
  STATUS_TEXTS.indexOf(status) << STATUS_SHIFT[type];
export const linkBit = (type: DownloadType, hasLink: boolean): number => (hasLink ? LINK_BIT[type] : 0);
export const shapeBits = (cellCount: number, columnCount: number): number =>
  cellCount < columnCount ? SHORT_BIT : cellCount > columnCount ? TOO_LONG_BIT : 0;

/** The flags with another status for one download type. */
export function withStatus(flags: number, type: DownloadType, status: StatusText): number {
  return (flags & ~(STATUS_BITS << STATUS_SHIFT[type])) | statusBits(type, status);
}

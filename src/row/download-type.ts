/** What kind of content a download fetches; one row has at most one download of each. */
export type DownloadType = 'youtube' | 'drive';
export const DOWNLOAD_TYPES = ['youtube', 'drive'] as const satisfies readonly DownloadType[];

/** A download type, or both. */
export type DownloadTypeFilter = DownloadType | 'both';

export function isDownloadType(value: unknown): value is DownloadType {
  return value === 'youtube' || value === 'drive';
}

/** The download types that a filter names, in their fixed order. */
export function downloadTypesOf(filter: DownloadTypeFilter): readonly DownloadType[] {
  return filter === 'both' ? DOWNLOAD_TYPES : [filter];
}

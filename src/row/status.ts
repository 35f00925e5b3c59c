/** The status of a download, as it stands in the CSV. */
export type DownloadStatus = 'pending' | 'downloading' | 'completed' | 'failed';
export const DOWNLOAD_STATUSES = ['pending', 'downloading', 'completed', 'failed'] as const;

export function isDownloadStatus(value: unknown): value is DownloadStatus {
  return (DOWNLOAD_STATUSES as readonly unknown[]).includes(value);
}

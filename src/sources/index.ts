export {
  downloadDriveWithContext,
  type DriveOptions,
  EXPORT_FORMATS,
  fetchSheet,
  isSheetAddress,
  parseSheetAddress,
  parseDriveLinks,
  prepareHttp,
} from './drive/index.ts';
export { fingerprintOfAccess, tryDriveAccess } from './drive/index.ts';
export { type Network, resolveNetwork } from './network.ts';
export type { SourceOptions, TransferProgress } from './source.ts';
export {
  checkCookies,
  downloadYoutubeWithContext,
  endIdleWorkers,
  locateFfmpeg,
  locateYtDlp,
  type OutputFormat,
  type TranscriptFormat,
  parseYoutubeLinks,
  type YoutubeOptions,
} from './youtube/index.ts';

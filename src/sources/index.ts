export {
  downloadDriveWithContext,
  type DriveOptions,
  EXPORT_FORMATS,
  fetchSheet,
  isSheetAddress,
  parseSheetAddress,
  parseDriveLinks,
  prepareHttp,
  proveDriveFile,
  viewUrl,
} from './drive/index.ts';
export { fingerprintOfAccess, tryDriveAccess } from './drive/index.ts';
export { listProcesses, type ProcessEntry } from './processes/index.ts';
export { type Network, readCertificates, resolveNetwork } from './network.ts';
export type { SourceOptions, TransferProgress } from './source.ts';
export {
  archivedIds,
  checkCookies,
  downloadYoutubeWithContext,
  endIdleWorkers,
  formatOfName,
  idsIn,
  isAudioFormat,
  isVideoId,
  locateFfmpeg,
  locateYtDlp,
  type MediaProver,
  mediaRequest,
  type MediaRequest,
  mediaTypeOf,
  openMediaProver,
  type OutputFormat,
  type SaidOfMedia,
  type TranscriptFormat,
  parseYoutubeLinks,
  requestedOf,
  videoTarget,
  type YoutubeOptions,
} from './youtube/index.ts';

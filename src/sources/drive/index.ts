export { downloadDriveWithContext } from './download-drive.ts';
export type { DriveOptions } from './drive-options.ts';
export { fingerprintOfAccess } from './access/access.ts';
export { tryDriveAccess } from './access/try-access.ts';
export { EXPORT_FORMATS } from './export-formats.ts';
export { fetchSheet, isSheetAddress, parseSheetAddress } from './fetch-sheet.ts';
export { prepareHttp } from './http-client.ts';
export { parseDriveLinks } from './link.ts';
export type { DriveKind, DriveTarget } from './target.ts';

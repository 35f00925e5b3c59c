export { downloadDriveWithContext } from './download-drive.ts';
export type { DriveOptions } from './drive-options.ts';
export { EXPORT_FORMATS } from './export-formats.ts';
export { parseDriveLinks } from './link.ts';
export type { DriveKind, DriveTarget } from './target.ts';

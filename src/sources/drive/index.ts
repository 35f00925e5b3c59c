export { downloadDriveWithContext, type DriveOptions } from './download-drive.ts';
export { EXPORT_FORMATS } from './export-formats.ts';
export { parseDriveLinks } from './link.ts';
export type { DriveKind, DriveTarget } from './target.ts';

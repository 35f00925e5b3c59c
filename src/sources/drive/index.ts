export { downloadDriveWithContext, type DriveOptions } from './download-drive.ts';
export { parseDriveLinks } from './link.ts';
export type { DriveKind, DriveTarget } from './target.ts';

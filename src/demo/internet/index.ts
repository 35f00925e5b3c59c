export { startInternet, type Internet } from './internet.ts';
export type { DriveFile } from './drive/drive-file.ts';
export type { VideoBehaviour } from './youtube/video.ts';

export type { Fault } from './faults.ts';
export { startInternet, type Internet } from './internet.ts';
export type { DriveBehaviour, DriveFile, DriveFileOptions } from './drive/drive-file.ts';
export type { Video, VideoBehaviour, VideoOptions } from './youtube/video.ts';

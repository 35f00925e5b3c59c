export type { Pace } from './arguments.ts';
export { downloadYoutubeWithContext, reapOrphansIn, type YoutubeOptions } from './download-youtube.ts';
export { endIdleWorkers } from './engine/index.ts';
export { classifyYtDlpFailure, type RunEvidence } from './failure.ts';
export { parseYoutubeLinks } from './links.ts';
export { OUTPUT_FORMATS, type OutputFormat } from './request.ts';
export { TRANSCRIPT_FORMATS, type TranscriptFormat } from './transcripts/transcript-format.ts';
export type { YoutubeTarget } from './targets.ts';
export { type Ffmpeg, installedYtDlp, locateFfmpeg, locateYtDlp, type Tool } from './tools.ts';

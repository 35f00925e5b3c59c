export type Environment = Readonly<Record<string, string | undefined>>;
export type Tool = 'yt-dlp' | 'ffmpeg' | 'ffprobe';

/** The programs that rowtrail starts. */
export declare const TOOLS: readonly Tool[];

/** Where rowtrail keeps programs that it installed for this person. */
export declare function toolFolder(env: Environment): string;

/** The path of a tool: the one the person names, the one rowtrail installed, or the one on PATH; null if there is none. */
export declare function findTool(tool: Tool, env: Environment): string | null;

/** The tools that are nowhere. */
export declare function missingTools(env: Environment): Tool[];

/**
 * Brings what is missing of yt-dlp, ffmpeg and ffprobe and leaves alone what is there.
 * `say` is told each step in one line; `advice` is one line for the person to paste where we may not install.
 * Throws when the package manager failed.
 */
export declare function setUpTools(options?: {
  readonly env?: NodeJS.ProcessEnv;
  readonly say?: (line: string) => void;
}): Promise<{ ok: true; advice: null } | { ok: false; advice: string }>;

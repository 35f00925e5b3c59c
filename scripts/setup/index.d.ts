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

/**
 * Brings an official yt-dlp (the newest one, or `version`) beside those that are here, checks its SHA-256, tries it, and switches to
 * it in one step. `file` is null where it was here already. Throws where that does not succeed; what is in use stays.
 */
export declare function installYtDlpRelease(options: {
  readonly env: Environment;
  readonly version?: string | undefined;
}): Promise<{ path: string; version: string; file: string | null }>;

/** The releases of yt-dlp that are here, the newest last. */
export declare function installedReleases(env: Environment): Promise<string[]>;

/** The release that is in use, and the one before it; null where there is none. */
export declare function releasesInUse(
  env: Environment,
): Promise<{ current: string | null; previous: string | null }>;

/** Goes back to the release that was in use before and returns its name. Throws where there is none. */
export declare function rollBack(env: Environment): Promise<string>;

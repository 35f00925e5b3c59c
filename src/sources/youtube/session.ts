import { chmod, copyFile, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RowtrailError } from '../../errors/index.ts';
import { newOwnerMark } from '../processes/index.ts';
import type { Pace, RunSettings } from './arguments.ts';
import { cookiesIn } from './check-cookies.ts';
import { childEnvironment } from './child-environment.ts';
import { runYtDlpJob, type YtDlpEnd } from './engine/index.ts';
import { type PrintedLine, readPrintedLine } from './printed-lines.ts';
import type { Ffmpeg, Tool } from './tools.ts';

/** What all runs of one download share. */
export interface Session {
  readonly ytDlp: Tool;
  /** Null where only transcripts are fetched. */
  readonly ffmpeg: Ffmpeg | null;
  readonly proxy: string | null;
  /** Hosts that are asked without it. */
  readonly noProxy: string | undefined;
  readonly pace: Pace;
  readonly retries: number;
  readonly cookiesFile: string | null;
  readonly limitRate: string | null;
  /** PEM file of the certificates to trust. */
  readonly caBundle: string;
  readonly idleMs: number;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal | undefined;
}

/**
 * Runs yt-dlp once in a folder of its own and hands over each line that it prints for us. Cookies go in as a private
 * copy, because it writes the file back.
 * @throws RowtrailError when the cookies cannot be copied; the signal's reason on abort, after all of it has ended
 */
export async function runYtDlp(
  session: Session,
  folder: string,
  argumentsFor: (settings: RunSettings) => readonly string[],
  onLine: (line: PrintedLine) => void,
): Promise<YtDlpEnd & { readonly signedOut: boolean }> {
  const mark = newOwnerMark();
  const cookiesFile = session.cookiesFile === null ? null : await copyCookies(session.cookiesFile, folder);
  try {
    const job = {
      args: argumentsFor({
        version: session.ytDlp.version,
        pace: session.pace,
        retries: session.retries,
        cookiesFile,
        limitRate: session.limitRate,
        ffmpeg: session.ffmpeg?.path ?? null,
        mark,
        node: process.execPath,
      }),
      env: childEnvironment(session, folder),
      folder,
      signal: session.signal,
      idleMs: session.idleMs,
      activity: () => sizesIn(folder),
      onStdoutLine(text: string) {
        const line = readPrintedLine(text, mark);
        if (line !== null) onLine(line);
      },
    };
    const wasSignedIn = cookiesFile !== null && (await isSignedIn(cookiesFile));
    const end = await runYtDlpJob(session.ytDlp, job, session.env);
    // Older versions do not say so, but all of them write back what the host made of the cookies.
    return { ...end, signedOut: wasSignedIn && !(await isSignedIn(cookiesFile)) };
  } finally {
    if (cookiesFile !== null) await rm(cookiesFile, { force: true });
  }
}

async function copyCookies(from: string, folder: string): Promise<string> {
  const copy = join(folder, 'cookies.txt');
  try {
    await copyFile(from, copy);
    await chmod(copy, 0o600);
    return copy;
  } catch (error) {
    // Not the row's fault, and mended by the person: never for good.
    throw new RowtrailError('access_denied', 'The cookies cannot be read', { file: from, error });
  }
}

/** Whether cookies hold an account's session at YouTube, which takes this one away when it ends it. False for no file. */
async function isSignedIn(cookiesFile: string): Promise<boolean> {
  const text = await readFile(cookiesFile, 'utf8').catch(() => '');
  return cookiesIn(text).some(({ name, value }) => name === 'LOGIN_INFO' && value !== '');
}

/** Changes whenever a file in the folder does. */
async function sizesIn(folder: string): Promise<string> {
  const names = await readdir(folder);
  const stats = await Promise.all(names.map((name) => stat(join(folder, name)).catch(() => null)));
  return stats.map((of, index) => `${names[index]} ${of?.size} ${of?.mtimeMs}`).join('\n');
}

import { once } from 'node:events';
import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';

const ENOUGH_TO_WRITE = 1 << 16;

/** Where a command writes: results on stdout, everything else on stderr. */
export interface Terminal {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  /** Whether a person watches stderr, so that bars make sense. */
  readonly interactive: boolean;
  /** Columns of the terminals behind stdout and stderr as they are now; Infinity where there is none. */
  readonly width: { readonly out: number; readonly err: number };
  /** Lines of the terminal behind stderr. */
  readonly rows: number;
  /** Colours for stdout and stderr, each only when it is a terminal. */
  readonly out: Colors;
  readonly err: Colors;
  /** What is drawn in place at the foot of stderr, while something is: what is said meanwhile goes above it. */
  readonly foot: { drawn: Foot | null };
}

/** A part of the terminal that is drawn in place. */
export interface Foot {
  /** Prints lines above it, to stay. */
  readonly printAbove: (text: string) => void;
}

export type Colors = ReturnType<typeof pc.createColors>;

/** The process' own terminal. `NO_COLOR` and `FORCE_COLOR` are heeded. */
export function processTerminal(
  { stdout, stderr }: { readonly stdout: NodeJS.WriteStream; readonly stderr: NodeJS.WriteStream },
  env: NodeJS.ProcessEnv,
): Terminal {
  const colors = (stream: NodeJS.WriteStream) =>
    pc.createColors(
      !env['NO_COLOR'] && (isForced(env['FORCE_COLOR']) || (stream.isTTY && env['TERM'] !== 'dumb')),
    );
  return {
    stdout,
    stderr,
    interactive: stderr.isTTY && env['TERM'] !== 'dumb' && !env['CI'],
    width: {
      get out() {
        return (stdout.isTTY && stdout.columns) || Infinity;
      },
      get err() {
        return (stderr.isTTY && stderr.columns) || Infinity;
      },
    },
    get rows() {
      return stderr.rows ?? 24;
    },
    out: colors(stdout),
    err: colors(stderr),
    foot: { drawn: null },
  };
}

function isForced(value: string | undefined): boolean {
  return Boolean(value) && value !== '0' && value !== 'false';
}

/**
 * Foreign text (names, titles, messages, file names) for the terminal: without escape sequences and other control
 * characters, so that a cell of the CSV can never drive somebody's terminal.
 */
export function safe(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/[\u202A-\u202E\u2066-\u2069]/g, '');
}

export function print({ stdout }: Terminal, text: string): void {
  stdout.write(`${text}\n`);
}

/** The same for a text that comes in parts, as fast as it is read; ends early where nobody reads it any more, of which `main` hears. */
export async function printParts({ stdout }: Terminal, parts: AsyncIterable<string>): Promise<void> {
  for await (const part of gathered(parts)) {
    if (!stdout.writable) return;
    if (stdout.write(part)) continue;
    try {
      await once(stdout, 'drain');
    } catch {
      return;
    }
  }
}

/** Small parts are joined: each write is a call of the system. */
async function* gathered(parts: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  let text = '';
  for await (const part of parts) {
    text += part;
    if (text.length < ENOUGH_TO_WRITE) continue;
    yield text;
    text = '';
  }
  yield `${text}\n`;
}

export function say({ stderr, foot }: Terminal, text: string): void {
  if (foot.drawn === null) stderr.write(`${text}\n`);
  else foot.drawn.printAbove(text);
}

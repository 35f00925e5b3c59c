import { execFile } from 'node:child_process';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const hasTmux = spawnSync('tmux', ['-V']).status === 0;

/** A terminal that nobody sees: a real pty, and what a person would see on it. */
export interface Pty extends AsyncDisposable {
  /** Types keys as tmux names them: `C-c`, `Enter`. */
  readonly press: (...keys: readonly string[]) => Promise<void>;
  readonly resize: (columns: number, rows: number) => Promise<void>;
  /** The lines on the screen without the empty ones at its end, as text, or with the escapes of its colours. */
  readonly screen: (as?: 'text' | 'colours') => Promise<string>;
  /** All lines, also those that have left the screen. */
  readonly history: () => Promise<string>;
}

export interface PtyOptions {
  /** For the server's socket. */
  readonly folder: string;
  readonly cwd: string;
  readonly columns: number;
  readonly rows: number;
  readonly env: Readonly<Record<string, string>>;
}

/** Opens a terminal with a shell in it, which goes with the terminal. */
export async function openPty({ folder, cwd, columns, rows, env }: PtyOptions): Promise<Pty> {
  const socket = join(folder, 'tmux.sock');
  const tmux = async (...args: readonly string[]) => {
    const { stdout } = await run('tmux', ['-S', socket, '-f', '/dev/null', ...args], {
      env: { PATH: process.env['PATH'], HOME: folder, LANG: 'C.UTF-8', TERM: 'xterm-256color', ...env },
    });
    return stdout;
  };
  const size = ['-x', String(columns), '-y', String(rows)];
  const shell = "exec env PS1='$ ' sh -i";
  await tmux('new-session', '-d', '-s', 'main', '-c', cwd, ...size, shell);
  const capture = async (...args: readonly string[]) =>
    (await tmux('capture-pane', '-p', '-t', 'main', ...args)).replaceAll(/[^\S\n]+$/gm, '').trimEnd();
  return {
    press: async (...keys) => void (await tmux('send-keys', '-t', 'main', ...keys)),
    resize: async (width, height) =>
      void (await tmux('resize-window', '-t', 'main', '-x', String(width), '-y', String(height))),
    screen: (as = 'text') => (as === 'text' ? capture() : capture('-e')),
    history: () => capture('-S', '-', '-J'),
    [Symbol.asyncDispose]: async () => void (await tmux('kill-server').catch(() => {})),
  };
}

import { PassThrough } from 'node:stream';
import { CommanderError } from 'commander';
import pc from 'picocolors';
import type { CommandOutcome } from '../../src/cli/program.ts';
import { buildProgram } from '../../src/cli/program.ts';

export interface Screen {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command as a person sees it on a terminal of this width, without a process of its own. Errors are thrown. */
export async function screen(
  args: readonly string[],
  {
    width = Infinity,
    env = {},
    colors = false,
  }: { readonly width?: number; readonly env?: NodeJS.ProcessEnv; readonly colors?: boolean } = {},
): Promise<Screen> {
  const stdout = new PassThrough({ encoding: 'utf8', highWaterMark: 2 ** 30 });
  const stderr = new PassThrough({ encoding: 'utf8', highWaterMark: 2 ** 30 });
  const shades = pc.createColors(colors);
  const outcome: CommandOutcome = { code: 0, heedsSignal: false };
  const program = buildProgram(
    {
      terminal: {
        ...{ stdout, stderr, interactive: false, rows: 24, out: shades, err: shades },
        width: { out: width, err: width },
        foot: { drawn: null },
      },
      signal: new AbortController().signal,
      env,
      cwd: process.cwd(),
    },
    outcome,
  );
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    outcome.code = error.exitCode === 0 ? 0 : 2;
  }
  const textOf = (stream: PassThrough) => String(stream.read() ?? '');
  return { code: outcome.code, stdout: textOf(stdout), stderr: textOf(stderr) };
}

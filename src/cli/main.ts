import { CommanderError } from 'commander';
import { RowtrailError } from '../index.ts';
import { ExitCode } from './command.ts';
import { buildProgram } from './program.ts';
import { processTerminal, safe, say } from './terminal.ts';

/**
 * The command line.
 * @param argv without `node` and the script.
 * @returns the exit code; see ExitCode.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const terminal = processTerminal(process, process.env);
  const stop = new AbortController();
  const onSignal = () => {
    // The second Ctrl-C means it: end at once; what was recorded is safe and the next command writes it in.
    if (stop.signal.aborted) process.exit(ExitCode.INTERRUPTED);
    stop.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  const verbose = argv.includes('--verbose');
  try {
    const outcome = { code: ExitCode.DONE as number };
    const program = buildProgram(
      { terminal, signal: stop.signal, env: process.env, cwd: process.cwd() },
      outcome,
    );
    if (argv.length === 0) {
      program.outputHelp({ error: true });
      return ExitCode.USAGE;
    }
    await program.parseAsync([...argv], { from: 'user' });
    return outcome.code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.DONE : ExitCode.USAGE;
    if (stop.signal.aborted) return ExitCode.INTERRUPTED;
    const { red, dim } = terminal.err;
    const message = error instanceof Error ? error.message : String(error);
    say(terminal, `${red('error:')} ${safe(message)}`);
    if (error instanceof RowtrailError) say(terminal, dim(`       ${error.nextStep}`));
    if (verbose && error instanceof Error) say(terminal, String(error.stack));
    else if (!(error instanceof RowtrailError))
      say(terminal, dim('       Run it again with --verbose to see where it happened.'));
    return error instanceof RowtrailError && error.code === 'usage' ? ExitCode.USAGE : ExitCode.ERROR;
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
}

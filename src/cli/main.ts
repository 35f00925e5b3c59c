import { type Command, CommanderError } from 'commander';
import { RowtrailError } from '../index.ts';
import { ExitCode } from './command.ts';
import { keepHeapSmall } from './keep-heap-small.ts';
import { buildProgram, type CommandOutcome } from './program.ts';
import { wrapText } from './render/wrap.ts';
import { processTerminal, safe, say } from './terminal.ts';

/** Under `error: `. */
const INDENT = ' '.repeat(7);

/** A word that is no command, without the `help` or `--help` around it: then the mistake is told, and not the help of everything else. */
function askable(argv: readonly string[], program: Command): string[] {
  const asksByWord = argv[0] === 'help';
  const words = argv.slice(asksByWord ? 1 : 0).filter((word) => word !== '--help');
  const [name = '-'] = words;
  if (name.startsWith('-') || program.commands.some((command) => command.name() === name))
    return asksByWord ? ['help', ...words] : [...argv];
  return words;
}

/**
 * The command line.
 * @param argv without `node` and the script.
 * @returns the exit code; see ExitCode.
 */
export async function main(argv: readonly string[]): Promise<number> {
  keepHeapSmall();
  const terminal = processTerminal(process, process.env);
  const stop = new AbortController();
  const outcome: CommandOutcome = { code: ExitCode.DONE, heedsSignal: false };
  const onSignal = () => {
    // The second Ctrl-C means it: end at once; what was recorded is safe and the next command writes it in.
    if (stop.signal.aborted || !outcome.heedsSignal) process.exit(ExitCode.INTERRUPTED);
    stop.abort();
    if (outcome.tellsStop === true) return;
    const stopping = 'Stopping: transfers end and the CSV is written. Once more ends at once.';
    say(terminal, terminal.err.dim(wrapText(stopping, { width: terminal.width.err })));
  };
  let outputLost = false;
  const onOutputError = ({ code, message }: NodeJS.ErrnoException) => {
    // A reader that left (`| head`) or a terminal that was closed is no reason to fall over in the middle of the work.
    if (code === 'EPIPE' || code === 'EIO') return;
    const isFirst = !outputLost;
    outputLost = true;
    if (isFirst)
      say(terminal, `${terminal.err.red('error:')} the output could not be written: ${safe(message)}`);
    process.exitCode = ExitCode.ERROR;
  };
  for (const stream of [process.stdout, process.stderr]) stream.on('error', onOutputError);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  const verbose = argv.includes('--verbose');
  try {
    const program = buildProgram(
      { terminal, signal: stop.signal, env: process.env, cwd: process.cwd() },
      outcome,
    );
    if (argv.length === 0) {
      program.outputHelp({ error: true });
      return ExitCode.USAGE;
    }
    await program.parseAsync(askable(argv, program), { from: 'user' });
    return outputLost ? ExitCode.ERROR : outcome.code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.DONE : ExitCode.USAGE;
    if (stop.signal.aborted) return ExitCode.INTERRUPTED;
    const { red, dim } = terminal.err;
    const message = error instanceof Error ? error.message : String(error);
    const line = (text: string) => wrapText(text, { width: terminal.width.err, indent: INDENT });
    say(terminal, line(`${red('error:')} ${safe(message)}`));
    if (error instanceof RowtrailError) say(terminal, dim(line(`${INDENT}${error.nextStep}`)));
    if (verbose && error instanceof Error)
      say(terminal, String(error.stack).split('\n').map(safe).join('\n'));
    else if (!(error instanceof RowtrailError))
      say(terminal, dim(line(`${INDENT}Run it again with --verbose to see where it happened.`)));
    return error instanceof RowtrailError && error.code === 'usage' ? ExitCode.USAGE : ExitCode.ERROR;
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
}

import { prepareLedgerThread } from '../ledger/sqlite/thread/index.ts';

/** The commands that open a ledger, as their table says (`usesLedger`); `worker` has it in a store. */
export const WITH_LEDGER: ReadonlySet<string> = new Set(
  'plan run retry reset status pending failed find why verify adopt forget clean serve report metrics alerts'.split(
    ' ',
  ),
);

/**
 * The command line, as the launcher calls it. All that a command needs is loaded here and not before: while a core is busy with that,
 * the thread of the ledger starts on another one, which takes as long.
 * @param argv without `node` and the script.
 * @returns the exit code; see ExitCode.
 */
export async function main(argv: readonly string[]): Promise<number> {
  if (opensLedger(argv, process.env)) prepareLedgerThread();
  const program = await import('./main.ts');
  return program.main(argv);
}

/** Whether there is a ledger on this machine to be opened. To be wrong costs time, and nothing else. */
function opensLedger([name = '', ...rest]: readonly string[], env: NodeJS.ProcessEnv): boolean {
  const isInStore = env['ROWTRAIL_STORE'] !== undefined || rest.some((word) => word.startsWith('--store'));
  return WITH_LEDGER.has(name) && !isInStore && !rest.includes('--help') && !rest.includes('-h');
}

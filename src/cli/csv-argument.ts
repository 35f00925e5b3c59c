import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandContext } from './command.ts';

/** The argument of every command that works on a CSV. */
export const CSV_ARGUMENT = [
  '[csv]',
  'the CSV (default: the one of the last run here, else output.csv)',
] as const;

/** The CSV that a command is about: what was typed, else the setting, else the only one with a ledger here, else output.csv. */
export async function csvPathOf(
  { settings, cwd }: Pick<CommandContext, 'settings' | 'cwd'>,
  given: string | readonly string[] | undefined,
): Promise<string> {
  if (typeof given === 'string') return given;
  if (settings.csv !== undefined) return settings.csv;
  const known = await readdir(join(cwd, '.rowtrail')).catch(() => []);
  return known.length === 1 && known[0] !== undefined ? known[0] : 'output.csv';
}

/** Whether an argument that could be a row_id or a CSV is a CSV. */
export async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RowtrailError } from '../index.ts';
import type { CommandContext } from './command.ts';

/** The argument of every command that works on a CSV. */
export const CSV_ARGUMENT = [
  '[csv]',
  'the CSV (default: the only one that was worked on here, else output.csv)',
] as const;

const DEFAULT_CSV = 'output.csv';

/** The CSV that a command is about: what was typed, else the setting, else the only one with a ledger here, else output.csv. */
export async function csvPathOf(
  { settings, cwd }: Pick<CommandContext, 'settings' | 'cwd'>,
  given: string | readonly string[] | undefined,
): Promise<string> {
  if (typeof given === 'string') return given;
  if (settings.csv !== undefined) return settings.csv;
  const known = await readdir(join(cwd, '.rowtrail')).catch(() => []);
  const [only, another] = (
    await Promise.all(known.map(async (name) => ((await isFile(join(cwd, name))) ? name : null)))
  ).filter((name) => name !== null);
  if (only !== undefined && another === undefined) return only;
  if (await isFile(join(cwd, DEFAULT_CSV))) return DEFAULT_CSV;
  throw new RowtrailError(
    'usage',
    `which CSV? There is no ${DEFAULT_CSV} here; name one, such as people.csv`,
  );
}

/** Whether an argument that could be a row_id or a CSV is a CSV. */
export async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isSheetAddress, RowtrailError } from '../index.ts';
import type { CommandContext, CommandOptions } from './command.ts';

/** The argument of every command that works on a CSV. */
export const CSV_ARGUMENT = [
  '[csv]',
  'the CSV (default: the only one that was worked on here, else output.csv)',
] as const;

/** The argument of commands that work on rows of a CSV. */
export const ROW_IDS_ARGUMENT = [
  '[row_ids...]',
  'the rows, by row_id; the CSV may stand before them',
] as const;

export const DEFAULT_CSV = 'output.csv';

/** The same for `run`, which takes a Google Sheet, too. */
export async function csvOrSheetOf(
  context: Pick<CommandContext, 'settings' | 'cwd'>,
  given: string | readonly string[] | undefined,
): Promise<string> {
  const named = typeof given === 'string' ? given : context.settings.csv;
  return named !== undefined && isSheetAddress(named) ? named : csvPathOf(context, given);
}

/** The CSV that a command is about: what was typed, else the setting, else the only one with a ledger here, else output.csv. */
export async function csvPathOf(
  { settings, cwd }: Pick<CommandContext, 'settings' | 'cwd'>,
  given: string | readonly string[] | undefined,
): Promise<string> {
  const named = typeof given === 'string' ? given : settings.csv;
  if (named !== undefined && isSheetAddress(named))
    throw new RowtrailError(
      'usage',
      'only run takes a Google Sheet: it fetches the sheet into a CSV, which all other commands take',
    );
  if (named !== undefined && (await isFolder(named)))
    throw new RowtrailError('file_missing', 'this is a folder, not a CSV; name the CSV in it', {
      file: named,
    });
  if (named !== undefined) return named;
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

/** The CSV of the commands that have it as `--csv-path`: what was typed, else the setting, else output.csv. */
export function csvPathOption(
  { settings }: Pick<CommandContext, 'settings'>,
  { csvPath }: CommandOptions,
): string {
  return typeof csvPath === 'string' ? csvPath : (settings.csv ?? DEFAULT_CSV);
}

/** The CSV and the row_ids of a command's words: the first word is the CSV when it looks like one and no `--csv-path` was given. */
export async function csvAndRowIds(
  context: Pick<CommandContext, 'settings' | 'cwd'>,
  words: string | readonly string[] | undefined,
  { csvPath }: CommandOptions,
): Promise<{ readonly csvPath: string; readonly rowIds: readonly string[] }> {
  const given = typeof words === 'object' ? words : [];
  if (typeof csvPath === 'string') return { csvPath, rowIds: given };
  const [first, ...others] = given;
  const firstIsCsv = await looksLikeCsv(first);
  return {
    csvPath: await csvPathOf(context, firstIsCsv ? first : undefined),
    rowIds: firstIsCsv ? others : given,
  };
}

/** Whether a word is meant as a CSV: it is called one, or is a file. */
export async function looksLikeCsv(word: string | undefined): Promise<boolean> {
  return word !== undefined && (/\.csv$/i.test(word) || (await isFile(word)));
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

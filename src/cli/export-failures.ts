import { randomBytes } from 'node:crypto';
import { open, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { classifyError, type FailedDownload, remedyOf, RowtrailError } from '../index.ts';

const COLUMNS = ['row_id', 'name', 'email', 'link', 'cause', 'remedy', 'message', 'to_send'] as const;
/** Excel takes a file without it for the machine's old code page. */
const BOM = '\uFEFF';
/** A spreadsheet takes 32,767 characters in a cell. */
const MAX_CELL = 32_000;

/** The list as a CSV for a spreadsheet. Pure. */
export function failuresCsv(failures: readonly FailedDownload[]): string {
  const rows = failures.map(({ rowId, name, email, link: address, cause, message }) => {
    const { remedy, message: toSend } = remedyOf(cause);
    return [rowId, name, email, address, cause, remedy, message, toSend ?? ''];
  });
  return BOM + [COLUMNS, ...rows].map((row) => `${row.map(cellText).join(',')}\r\n`).join('');
}

/** A cell that a spreadsheet shows as it is, never as a formula, and that holds no line end. */
function cellText(text: string): string {
  const plain = text.slice(0, MAX_CELL).toWellFormed().replaceAll('\0', '\uFFFD');
  const harmless = /^[=+\-@\t\r\n]/.test(plain) ? `'${plain}` : plain;
  return /[",\r\n;\t']|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/**
 * Writes the list to a file. One that is replaced is replaced whole or not at all; a kill may leave half of a new one.
 * @param force whether a file that is there is replaced; the CSV itself never is
 * @throws RowtrailError `usage` for a file that is there, or is the CSV itself; another cause where it cannot be written
 */
export async function exportFailures(
  failures: readonly FailedDownload[],
  target: string,
  { csvPath, force }: { readonly csvPath: string; readonly force: boolean },
): Promise<void> {
  if (await isSameFile(target, csvPath))
    throw new RowtrailError('usage', `${target} is the CSV itself; name another file`);
  const temp = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await writeNew(force ? temp : target, failuresCsv(failures));
    if (force) await rename(temp, target);
  } catch (error) {
    if (!force && error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw new RowtrailError('usage', `${target} is there already; give --force to replace it`);
    if (force) await unlink(temp).catch(() => {});
    throw new RowtrailError(classifyError(error), 'the list cannot be written', { file: target, error });
  }
}

async function writeNew(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx');
  let isWhole = false;
  try {
    await file.writeFile(text);
    await file.sync();
    isWhole = true;
  } finally {
    await file.close();
    if (!isWhole) await unlink(path);
  }
}

/** By name, through links, or by the file beneath. */
async function isSameFile(one: string, other: string): Promise<boolean> {
  const known = await stat(other).catch(() => null);
  const target = await stat(one).catch(() => null);
  if (known === null || target === null) return false;
  if (known.ino === target.ino && known.dev === target.dev) return true;
  return (await realpath(one)) === (await realpath(other));
}

import { remedyOf } from '../errors/index.ts';
import type { FailedDownload } from './list-failures.ts';

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

import { type SheetCopy, syncSheet } from '../index.ts';
import { columnMappingOf } from './columns.ts';
import type { CommandContext } from './command.ts';
import { counted } from './render/words.ts';
import { basename } from 'node:path';

/** Fetches a Google Sheet into its local CSV, says so, and gives the CSV's path. */
export async function localCopyOf(
  address: string,
  { settings, cwd, signal, onNote }: CommandContext,
): Promise<string> {
  const copy = await syncSheet(address, {
    folder: cwd,
    columns: columnMappingOf(settings),
    proxy: settings.proxy,
    caCert: settings.ca_cert,
    driveApiKey: settings.drive_api_key,
    googleCredentials: settings.google_credentials,
    signal,
  });
  const name = basename(copy.csvPath);
  onNote({
    rowId: null,
    message: `${sentenceOf(copy, name)} The sheet itself is only read; the status stands in ${name}.`,
  });
  return name;
}

function sentenceOf({ isNew, rows, added, removed, changed }: SheetCopy, name: string): string {
  if (isNew) return `the sheet was fetched into ${name} (${counted(rows, 'row')}).`;
  if (added + removed + changed === 0) return `the sheet was fetched again: no row of ${name} changed.`;
  return `the sheet was fetched into ${name} again: ${counted(added, 'row')} new, ${changed} changed, ${removed} gone.`;
}

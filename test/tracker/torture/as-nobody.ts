import { RowtrailError } from '../../../src/errors/index.ts';
import { DownloadResult, RowContext } from '../../../src/row/index.ts';
import {
  getDownloadStatusSummary,
  getPendingDownloads,
  updateCsvDownloadStatus,
} from '../../../src/tracker/index.ts';

/**
 * An ordinary user's calls of the API, one after the other. Arguments: the CSV, then `status`, `pending` or
 * `update ROW_ID`. Prints a line for each: what it gave, or the error's cause, `recorded` where it is, and its message.
 */
const NOBODY = 65_534;
const [csv = '', ...calls] = process.argv.slice(2);
if (process.getuid?.() === 0) {
  process.setgroups?.([]);
  process.setgid?.(NOBODY);
  process.setuid?.(NOBODY);
}

async function made(call: string): Promise<string> {
  if (call === 'status') return JSON.stringify(await getDownloadStatusSummary(csv));
  const pending = await getPendingDownloads(csv);
  if (call === 'pending') return pending.map(({ rowId }) => rowId).join();
  const context = pending.find(({ rowId }) => call === `update ${rowId}`);
  await updateCsvDownloadStatus(0, 'youtube', resultFor(context ?? fail(call)), csv);
  return 'written';
}

function resultFor(rowContext: RowContext): DownloadResult {
  return new DownloadResult({
    success: true,
    filesDownloaded: ['clip.mp4'],
    mediaId: 'aaaaaaaaaaa',
    errorMessage: null,
    metadataFile: null,
    rowContext,
  });
}

function fail(call: string): never {
  throw new Error(`nothing to do for '${call}'`);
}

for (const call of calls) {
  const line = await made(call).catch((error: unknown) => {
    if (!(error instanceof RowtrailError)) return String(error);
    return `${error.code} ${'recorded' in error ? 'recorded ' : ''}${error.message}`;
  });
  process.stdout.write(`${line.replaceAll('\n', ' ')}\n`);
}

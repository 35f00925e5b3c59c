import { createInterface } from 'node:readline';
import { DownloadResult, RowContext } from '../../../../src/row/index.ts';
import { updateCsvDownloadStatus } from '../../../../src/tracker/index.ts';
import type { Result } from './model.ts';

/** A process that reports one result when it is told to, and says so when it was acknowledged; it may be killed before. */
const [csv = '', given = '{}'] = process.argv.slice(2);
const { rowId, type, email, kind, success, permanent, files, mediaId, message } = JSON.parse(given) as Result;

createInterface(process.stdin).on('line', async () => {
  const result = new DownloadResult({
    success,
    filesDownloaded: success ? [files] : [],
    mediaId: success ? mediaId : null,
    errorMessage: success ? null : message,
    metadataFile: null,
    permanentFailure: permanent && !success,
    rowContext: new RowContext({ rowId, rowIndex: 0, type, email, name: '' }),
  });
  const said = await updateCsvDownloadStatus(0, kind, result, csv).then(
    () => 'acknowledged',
    (error: unknown) => String(error),
  );
  process.stdout.write(`${said}\n`);
});
process.stdout.write('ready\n');

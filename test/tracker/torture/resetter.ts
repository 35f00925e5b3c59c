import { resetDownloadStatus } from '../../../src/tracker/index.ts';

/** A process that resets both downloads of a row through the public API. Arguments: the CSV, the row_id. Prints `reset` and whether it did. */
const [csv = '', rowId = ''] = process.argv.slice(2);
process.stdout.write(`reset ${await resetDownloadStatus(rowId, 'both', csv)}\n`);

import { CsvTracker } from '../../../src/tracker/csv-tracker.ts';
import { fileLock } from '../../../src/tracker/file-lock.ts';
import { contextAt, linkAt } from './sheet.ts';

/**
 * A process that holds a lock of a CSV until it reads a line. Arguments: the CSV, `write` or `run`. As a run it has row `p1` under
 * way. Prints `held`, or `refused` when another run has the lock.
 */
const [csv = '', which = 'write'] = process.argv.slice(2);
const tracker = await CsvTracker.open(csv);
const lock = which === 'run' ? await tracker.tryRunLock() : await fileLock(tracker.place.writeLock);
if (lock !== null && which === 'run') {
  const { rowId, type, name, email } = contextAt(1);
  const ledger = await tracker.ledger();
  await ledger.begin(
    { row: { rowId, type, name, email }, downloadType: 'youtube', link: linkAt(1, 'youtube') },
    'paused-run',
  );
}
process.stdout.write(lock === null ? 'refused\n' : 'held\n');
process.stdin.once('data', async () => {
  await lock?.release();
  await tracker.close();
  process.exit(0);
});

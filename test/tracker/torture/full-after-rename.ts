import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { NotInCsvError } from '../../../src/errors/index.ts';
import { CsvTracker } from '../../../src/tracker/csv-tracker.ts';
import { attempt } from '../../ledger/fixtures.ts';
import { contextAt, linkAt } from './sheet.ts';

/**
 * A process whose disk takes no more of the ledger from the moment when a result was recorded, while the CSV, which is smaller,
 * can still be replaced: what cannot be done is to note that the CSV shows the result. Argument: the CSV. Prints `written`,
 * or `late CODE MESSAGE`; then, with room again, `synced`.
 */
const [csv = ''] = process.argv.slice(2);
const tracker = await CsvTracker.open(csv);
await tracker.ensureColumns();
const record = (index: number) => {
  const { rowId, type, name, email } = contextAt(index);
  return tracker.record(
    attempt({
      row: { rowId, type, name, email },
      downloadType: 'youtube',
      link: linkAt(index, 'youtube'),
      generation: null,
      lease: null,
    }),
  );
};
// The first look at what is to be written makes sure that all of it is on the disk; from then on it is known to be.
await record(0);
await tracker.project();
const recorded = await record(1);
const { rowId } = contextAt(1);
limitFiles(String(statSync(`${tracker.place.ledger}-wal`).size));
try {
  await tracker.projectRow(rowId, recorded);
  process.stdout.write('written\n');
} catch (error) {
  if (!(error instanceof NotInCsvError)) throw error;
  process.stdout.write(`late ${error.code} ${error.message}\n`);
}
limitFiles('unlimited');
await tracker.sync();
process.stdout.write('synced\n');
await tracker.close();

/** The soft limit of what a file of this process may grow to, in bytes. */
function limitFiles(bytes: string): void {
  execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:`]);
}

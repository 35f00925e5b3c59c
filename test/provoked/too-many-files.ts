import { openSync } from 'node:fs';
import { ErrorHandler, getPendingDownloads } from '../../src/index.ts';

/** Opens files until no more are to be had, then reads a CSV. Argument: the CSV. Prints what that threw, as a context. */
const [csv = ''] = process.argv.slice(2);
try {
  for (;;) openSync('/dev/null', 'r');
} catch {
  const met = await getPendingDownloads(csv).then(
    () => null,
    (error: unknown) => new ErrorHandler().handleError(error),
  );
  process.stdout.write(JSON.stringify(met));
}

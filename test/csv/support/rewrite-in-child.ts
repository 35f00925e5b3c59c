import { CsvSnapshot } from '../../../src/csv/index.ts';
import { RowtrailError } from '../../../src/errors/index.ts';

/**
 * A process of its own that rewrites a CSV, once as an ordinary user or again and again until it is killed.
 * Arguments: the path, then `once` or `forever`.
 */
const [path = '', mode = 'once'] = process.argv.slice(2);
const NOBODY = 65_534;

const rewrite = async (round: number) => {
  await using snapshot = await CsvSnapshot.open(path);
  const edits = new Map([[0, { youtube_status: 'completed', youtube_files: `round-${round}.mp4` }]]);
  await snapshot.rewrite({ edits, addTrackingColumns: true });
};

if (mode === 'forever') {
  for (let round = 0; ; round++) {
    await rewrite(round);
    process.stdout.write('.');
  }
}
if (process.getuid?.() === 0) {
  process.setgid?.(NOBODY);
  process.setuid?.(NOBODY);
}
const outcome = await rewrite(0).then(
  () => 'written',
  (error: unknown) => (error instanceof RowtrailError ? error.code : String(error)),
);
process.stdout.write(outcome);

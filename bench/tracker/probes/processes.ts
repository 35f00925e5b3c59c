import { fileURLToPath } from 'node:url';
import { CsvSnapshot } from '../../../src/csv/index.ts';
import { updateCsvDownloadStatus } from '../../../src/index.ts';
import { observe, timed } from '../../support/event-loop.ts';
import { probeCommand } from '../../support/probe-command.ts';
import { runChild } from '../../support/run-child.ts';
import { sampleRow } from '../sample-csv.ts';
import { rowsAtRandom, sampleResult } from '../sample-result.ts';
import type { Probe, Task } from '../task.ts';

const SEED = 3;
const PROGRAM = fileURLToPath(new URL(`../probe-main.js`, import.meta.url));

/** Several processes that report single updates of one CSV, their starts included; then every row of theirs is looked at. */
export const processes: Probe = async (task) => {
  const parts = Array.from({ length: task.concurrency }, (_, part) => ({ ...task, part }));
  const seen = await observe(() =>
    Promise.all(parts.map((part) => runChild(probeCommand(PROGRAM, ['share', JSON.stringify(part)])))),
  );
  return {
    seconds: [seen.milliseconds / 1000],
    longestMs: [Math.max(...seen.result.flatMap(({ longestMs = [] }) => longestMs))],
    lost: [await countLost(task.csv, parts.flatMap(rowsOf))],
  };
};

/** What one of them does. */
export const share: Probe = async (task) => {
  let longest = 0;
  for (const index of rowsOf(task)) {
    const { context } = sampleRow(index);
    const update = () =>
      updateCsvDownloadStatus(index, 'youtube', sampleResult(context, 'youtube'), task.csv);
    longest = Math.max(longest, await timed(update));
  }
  return { longestMs: [longest] };
};

/** Each process has rows of its own. */
function rowsOf({ rows, count, concurrency, part }: Task): readonly number[] {
  const each = Math.floor(count / concurrency);
  return rowsAtRandom(rows, count, SEED).slice(part * each, (part + 1) * each);
}

async function countLost(csv: string, rows: readonly number[]): Promise<number> {
  await using snapshot = await CsvSnapshot.open(csv);
  let lost = 0;
  for await (const { index, context, tracking } of snapshot.readRows(rows)) {
    const result = sampleResult(context, 'youtube');
    const isThere =
      sampleRow(index).context.rowId === context.rowId &&
      tracking.youtube_files === result.filesDownloaded.join(',') &&
      tracking.youtube_status === (result.success ? 'completed' : 'failed');
    if (!isThere) lost++;
  }
  return lost;
}

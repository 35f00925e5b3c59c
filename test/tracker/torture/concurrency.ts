import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import papaparse from 'papaparse';
import { DOWNLOAD_TYPES, TRACKING_COLUMNS } from '../../../src/row/index.ts';
import { getDownloadStatusSummary } from '../../../src/tracker/index.ts';
import { Child } from './child.ts';
import { type Report, reportOf, shows } from './outcomes.ts';
import { HEADER, recordAt, sheetText } from './sheet.ts';

export interface ConcurrencyOptions {
  /** An empty folder. */
  readonly folder: string;
  readonly processes: number;
  readonly updatesEach: number;
  readonly rows: number;
  /** Milliseconds between two saves of the person, on average. */
  readonly editorPause: number;
  readonly limitMs: number;
}

export interface ConcurrencyStatistics {
  readonly updates: number;
  readonly perSecond: number;
  /** Milliseconds until one update was in the CSV. */
  readonly longestWait: number;
  readonly medianWait: number;
  readonly saves: number;
  readonly appended: number;
  /** Saves into a file that was replaced in the same microseconds; they are lost, as docs/crash-behaviour.md says. */
  readonly overtaken: number;
  /** Milliseconds that the slowest save into the same file took. */
  readonly slowestSave: number;
}

/** Half a file that is left alone for longer than this is taken at its word (milliseconds), as docs/crash-behaviour.md says. */
const HALF_A_FILE_MS = 5000;

/** Reports made at the same time by one process. */
const AT_ONCE = 4;

/**
 * Processes that report results while a person saves the CSV all the while.
 * @throws AssertionError when a result is lost or on another row, a cell of the person's is changed or a row is missing
 */
export async function reportWhileSomebodySaves(options: ConcurrencyOptions): Promise<ConcurrencyStatistics> {
  const { folder, processes, updatesEach, rows, editorPause, limitMs } = options;
  const csv = join(folder, 'people.csv');
  await writeFile(csv, sheetText(rows));
  const editor = new Child('editor.ts', [csv, rows, editorPause]);
  const workers = Array.from(
    { length: processes },
    (_, n) => new Child('updater.ts', [csv, rows, `w${n}`, AT_ONCE, updatesEach, `${n}/${processes}`]),
  );
  let seconds = 0;
  let slowestSave = 0;
  try {
    await Promise.all([editor, ...workers].map((child) => child.line('ready')));
    const began = performance.now();
    for (const worker of workers) worker.say('go');
    await Promise.all(workers.map((worker) => worker.line('done', limitMs)));
    seconds = (performance.now() - began) / 1000;
    editor.end();
    slowestSave = Number((await editor.line('ended')).split(' ')[1]);
  } finally {
    await Promise.all([editor, ...workers].map((child) => child.kill()));
  }
  for (const child of [editor, ...workers]) assert.equal(child.errors, '');
  assert(
    slowestSave < HALF_A_FILE_MS,
    `the machine is too busy: half a file stood there for ${slowestSave} ms`,
  );

  const said = workers.flatMap(({ lines }) => lines);
  const lost = said.filter((line) => line.startsWith('lost ') || line.startsWith('late '));
  assert.deepEqual(lost.slice(0, 3), [], `${lost.length} reports failed`);
  const acknowledged = said.filter((line) => line.startsWith('ack '));
  assert.equal(acknowledged.length, processes * updatesEach);

  await getDownloadStatusSummary(csv);
  const appended = editor.lines.flatMap((line) =>
    line.startsWith('appended ') ? [Number(line.slice('appended '.length))] : [],
  );
  check(await readFile(csv, 'utf8'), rows, appended, acknowledged);
  const waits = acknowledged.map((line) => Number(line.split(' ')[1])).toSorted((a, b) => a - b);
  return {
    updates: acknowledged.length,
    perSecond: acknowledged.length / seconds,
    longestWait: waits.at(-1) ?? 0,
    medianWait: waits[Math.floor(waits.length / 2)] ?? 0,
    saves: editor.lines.filter((line) => line.startsWith('saved ')).length,
    appended: appended.length,
    overtaken: editor.lines.filter((line) => line === 'overtaken').length,
    slowestSave,
  };
}

function check(text: string, rows: number, appended: readonly number[], acknowledged: readonly string[]) {
  const { data } = papaparse.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true });
  const expected = [...Array.from({ length: rows }, (_, n) => n), ...appended];
  assert.deepEqual(
    data.map((row) => row['row_id']).toSorted(),
    expected.map((n) => `p${n}`).toSorted(),
    'rows are missing, or there are others',
  );
  const names = papaparse.parse<string[]>(HEADER).data[0] ?? [];
  const last = new Map<string, Report>();
  for (const line of acknowledged) {
    const report = reportOf(line.split(' ').slice(2).join(' '));
    last.set(`${report.row} ${report.type}`, report);
  }
  for (const row of data) {
    const n = Number(row['row_id']?.slice(1));
    const own = papaparse.parse<string[]>(recordAt(n), { newline: '\r\n' }).data[0];
    assert.deepEqual(
      names.map((name) => row[name]),
      own,
      `the person's cells of row p${n} were changed`,
    );
    const tracking = TRACKING_COLUMNS.map((column) => row[column] ?? '');
    for (const type of DOWNLOAD_TYPES) {
      const report = last.get(`${n} ${type}`) ?? null;
      assert(
        shows(tracking, report, type),
        `row p${n} shows ${JSON.stringify(tracking)}, acknowledged was ${JSON.stringify(report)}`,
      );
    }
  }
}

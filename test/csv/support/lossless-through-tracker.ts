import assert from 'node:assert/strict';
import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { CsvSnapshot, DEFAULT_COLUMNS } from '../../../src/csv/index.ts';
import {
  DownloadResult,
  NotInCsvError,
  resetDownloadStatus,
  RowContext,
  updateCsvDownloadStatus,
} from '../../../src/index.ts';
import {
  type DownloadType,
  filesColumn,
  statusColumn,
  TRACKING_COLUMNS,
  type TrackingCells,
} from '../../../src/row/index.ts';
import { fileBytes, type GeneratedCsv, positionOf, rowsOf, textOf, trackedText } from './generated-csv.ts';
import { csvOfAnyShape } from './lossless-story.ts';
import { papaRows } from './papa-rows.ts';
import { hasLink, rewritten } from './rewrite-model.ts';

interface Event {
  readonly row: number;
  readonly downloadType: DownloadType;
  readonly what: 'completed' | 'failed' | 'reset';
  /** Becomes part of a file name or of an error message. */
  readonly text: string;
}

export interface TrackerStory {
  readonly csv: GeneratedCsv;
  readonly events: readonly Event[];
}

export const trackerStory: fc.Arbitrary<TrackerStory> = csvOfAnyShape
  .filter((csv) => rowsOf(csv).length > 0)
  .chain((csv) => {
    const event: fc.Arbitrary<Event> = fc.record({
      row: fc.nat({ max: rowsOf(csv).length - 1 }),
      downloadType: fc.constantFrom('youtube', 'drive'),
      what: fc.constantFrom('completed', 'failed', 'reset'),
      text: trackedText,
    });
    return fc.record({ csv: fc.constant(csv), events: fc.array(event, { minLength: 1, maxLength: 5 }) });
  });

/** Before any command that is started now. */
const LONG_AGO = new Date('2026-01-01T00:00:00Z');

/**
 * Lets the events happen to a CSV in a new folder, and looks after each whether the row shows it and nothing but that row's
 * tracking cells changed.
 * @throws AssertionError
 */
export async function checkThroughTracker(folder: string, { csv, events }: TrackerStory): Promise<void> {
  const path = join(folder, 'people.csv');
  await mkdir(folder);
  await writeFile(path, fileBytes(csv));
  await utimes(path, LONG_AGO, LONG_AGO);
  let now = csv;
  for (const event of events) {
    const line = rowsOf(now)[event.row];
    assert(line !== undefined);
    const done = happen(path, event);
    if (line.kind === 'tooLong') {
      await assert.rejects(done, (error) => error instanceof NotInCsvError);
      assert.equal(await readFile(path, 'latin1'), fileBytes(now).toString('latin1'));
      continue;
    }
    await done;
    const written = await readFile(path);
    // What a row shows anyway, it shows without columns, too.
    const isWritten = !written.equals(fileBytes(now));
    const cells = trackingCells(written, isWritten ? rewritten(now, new Map(), true) : now, event.row);
    if (isWritten) now = rewritten(now, new Map([[event.row, cells]]), true);
    assert.equal(written.toString('latin1'), fileBytes(now).toString('latin1'));
    assert(
      shows(cells, event, hasLink(now, line, DEFAULT_COLUMNS[event.downloadType])),
      JSON.stringify(cells),
    );
  }
}

async function happen(path: string, { row, downloadType, what, text }: Event): Promise<void> {
  const context = await contextAt(path, row);
  if (what === 'reset') {
    assert.equal(await resetDownloadStatus(context.rowId, downloadType, path), true);
    return;
  }
  const success = what === 'completed';
  const result = new DownloadResult({
    success,
    filesDownloaded: success ? [`clip ${text}.mp4`] : [],
    mediaId: success ? '-x_y' : null,
    errorMessage: success ? null : `it broke: ${text}`,
    metadataFile: null,
    rowContext: context,
  });
  await updateCsvDownloadStatus(row, downloadType, result, path);
}

async function contextAt(path: string, row: number): Promise<RowContext> {
  await using snapshot = await CsvSnapshot.open(path);
  return new RowContext((await snapshot.readRow(row)).context);
}

/** A row's tracking cells as an independent parser sees them, in a file of this layout. */
function trackingCells(bytes: Buffer, layout: GeneratedCsv, row: number): Partial<TrackingCells> {
  const line = layout.lines.indexOf(rowsOf(layout)[row] ?? layout.header);
  const cells = papaRows(bytes, layout)[line + 1] ?? [];
  return Object.fromEntries(
    TRACKING_COLUMNS.map((name) => [name, textOf(cells[positionOf(layout, name)] ?? '')]),
  );
}

function shows(cells: Partial<TrackingCells>, { downloadType, what, text }: Event, linked: boolean): boolean {
  const status = cells[statusColumn(downloadType)];
  const files = cells[filesColumn(downloadType)];
  if (what === 'completed') return status === what && files === `clip ${text}.mp4`;
  if (what === 'reset') return status === (linked ? 'pending' : '') && files === '';
  return status === what && cells.download_errors?.includes(`${downloadType} attempt `) === true;
}

import type { AttemptRecord, DownloadState } from '../../src/ledger/index.ts';
import { DownloadResult, type DownloadType, type ItemResult, type RowContext } from '../../src/row/index.ts';
import { outcomeOf } from '../../src/tracker/index.ts';
import { randomFrom, sampleRow } from './sample-csv.ts';

/** One download in so many fails, so that errors are written, too. */
const FAILS_EVERY = 20;
const FOLDER = '/downloads';

/** The result of an attempt at a generated row: a video with its transcript, or a file; now and then a failure. */
export function sampleResult(row: RowContext, downloadType: DownloadType): DownloadResult {
  const failed = row.rowIndex % FAILS_EVERY === FAILS_EVERY - 1;
  const stem = `A talk about nothing in particular [${row.rowId}]${row.toFilenameSuffix()}`;
  const names = downloadType === 'youtube' ? [`${stem}.mp4`, `${stem}.en.vtt`] : [`${stem}.pdf`];
  const mediaId = `media-${row.rowId}`;
  const item: ItemResult = {
    kind: downloadType === 'youtube' ? 'video' : 'file',
    position: 0,
    mediaId,
    title: 'A talk about nothing in particular',
    sourceUrl: `https://youtu.be/${mediaId}`,
    files: failed ? [] : names.map((path, at) => ({ path, size: 12_345_678, sha256: hashOf(row, at) })),
    metadataFile: failed ? null : `${stem}_metadata.json`,
    failure: failed ? { cause: 'short_body', message: 'the connection broke after 3 of 12 MB' } : null,
  };
  return new DownloadResult({
    success: !failed,
    filesDownloaded: failed ? [] : names,
    mediaId: failed ? null : mediaId,
    errorMessage: item.failure?.message ?? null,
    metadataFile: item.metadataFile,
    rowContext: row,
    downloadType,
    items: [item],
  });
}

/** What the workflow gives the ledger for such a result. */
export function sampleAttempt(
  row: RowContext,
  downloadType: DownloadType,
  link: string,
  begun: Pick<DownloadState, 'generation' | 'lease'> | null,
): AttemptRecord {
  const result = sampleResult(row, downloadType);
  const { rowId, type, name, email } = row;
  const now = new Date().toISOString();
  return {
    row: { rowId, type, name, email },
    downloadType,
    link,
    generation: begun?.generation ?? null,
    lease: begun?.lease ?? null,
    startedAt: now,
    endedAt: now,
    items: result.items ?? [],
    outcome: outcomeOf(result),
    folder: FOLDER,
    runId: 'bench',
  };
}

/** Not a real hash, but as long, and as different from file to file. */
function hashOf(row: RowContext, file: number): string {
  const next = randomFrom(row.rowIndex * 2 + file);
  const word = () => Math.floor(next() * 2 ** 32);
  return Array.from({ length: 8 }, () => word().toString(16).padStart(8, '0')).join('');
}

/** Rows with a YouTube link, spread over the file at random, without repetition. */
export function rowsAtRandom(rows: number, count: number, seed: number): number[] {
  const next = randomFrom(seed);
  const chosen = new Set<number>();
  const most = Math.min(count, Math.floor(rows / 2));
  while (chosen.size < most) {
    const index = Math.floor(next() * rows);
    if (sampleRow(index).youtube.startsWith('https:')) chosen.add(index);
  }
  return [...chosen];
}

import { describe, expect, it } from 'vitest';
import type { CsvRow } from '../../src/csv/index.ts';
import type { DownloadState, LedgerRow } from '../../src/ledger/index.ts';
import { RowContext, type TrackingCells } from '../../src/row/index.ts';
import { cellsFor, decideMerge } from '../../src/tracker/merge.ts';
import { cells } from '../ledger/fixtures.ts';

const LINK = 'https://youtu.be/aaaaaaaaaaa';
const SHOWN = cells({ youtube_status: 'completed', youtube_files: 'a.mp4', last_download_attempt: 'T1' });

function state(extra: Partial<DownloadState> = {}): DownloadState {
  return {
    rowId: '007',
    downloadType: 'youtube',
    generation: 1,
    lease: 1,
    rowType: 'T',
    link: LINK,
    status: 'completed',
    attempts: 0,
    cause: null,
    message: null,
    permanent: false,
    notBefore: null,
    scope: 'full',
    lastAttempt: 'T1',
    mediaIds: [],
    files: ['a.mp4'],
    errors: [],
    runId: null,
    ...extra,
  };
}

function ledgerRow(extra: Partial<LedgerRow> = {}): LedgerRow {
  return {
    rowId: '007',
    type: 'T',
    name: 'James',
    email: 'james@x',
    downloads: { youtube: state() },
    seq: 2,
    projectedSeq: 1,
    projected: SHOWN,
    blocked: null,
    ...extra,
  };
}

function csvRow(
  tracking: TrackingCells,
  extra: { link?: string; type?: string; email?: string } = {},
): CsvRow {
  const { link = LINK, type = 'T', email = 'james@x' } = extra;
  return {
    index: 0,
    line: 2,
    context: new RowContext({ rowId: '007', rowIndex: 0, type, name: 'James', email }),
    links: { youtube: link, drive: '' },
    tracking,
  };
}

describe('what a person does to a row', () => {
  it('is nothing when the cells are those that were written', () => {
    expect(decideMerge(ledgerRow(), csvRow(SHOWN), true)).toEqual({ blocked: null, resets: [], links: [] });
  });

  it('is a reset when the status is pending or empty while another cell still shows the result', () => {
    for (const status of ['pending', '', ' ']) {
      const { resets } = decideMerge(ledgerRow(), csvRow({ ...SHOWN, youtube_status: status }), false);
      expect(resets).toEqual([{ downloadType: 'youtube', reason: 'by_hand' }]);
    }
  });

  it('is no reset when all cells equal an earlier projection: a stale copy was saved', () => {
    expect(decideMerge(ledgerRow(), csvRow(cells({ youtube_status: 'pending' })), true).resets).toEqual([]);
  });

  it('is no reset when other cells were changed: the ledger wins', () => {
    const edited = csvRow({ ...SHOWN, youtube_files: 'mine.mp4' });
    expect(decideMerge(ledgerRow(), edited, false).resets).toEqual([]);
    expect(cellsFor(ledgerRow(), edited).youtube_files).toBe('a.mp4');
  });

  it('is a new download when the link is another one', () => {
    const { resets } = decideMerge(
      ledgerRow(),
      csvRow(SHOWN, { link: 'https://youtu.be/bbbbbbbbbbb' }),
      false,
    );
    expect(resets).toEqual([{ downloadType: 'youtube', reason: 'link' }]);
  });

  it('tells a link that the ledger did not know', () => {
    const unknown = ledgerRow({ downloads: { youtube: state({ link: null }) } });
    expect(decideMerge(unknown, csvRow(SHOWN), true).links).toEqual([
      { downloadType: 'youtube', link: LINK },
    ]);
  });

  it('blocks the row when its type was changed', () => {
    expect(decideMerge(ledgerRow(), csvRow(SHOWN, { type: 'X' }), true).blocked).toBe('type_mismatch');
  });

  it('is another person when type, e-mail and links are all others', () => {
    const other = csvRow(cells(), { type: 'X', email: 'other@x', link: 'https://youtu.be/ccccccccccc' });
    expect(decideMerge(ledgerRow(), other, false).blocked).toBe('other_person');
  });
});

describe('the cells of a row', () => {
  it('leave those of a download that the ledger does not know as they are', () => {
    const own = csvRow(
      cells({ drive_status: 'completed', drive_files: 'old.pdf', download_errors: 'noted by hand' }),
    );
    expect(cellsFor(ledgerRow(), own)).toMatchObject({
      drive_status: 'completed',
      drive_files: 'old.pdf',
      download_errors: 'noted by hand',
    });
  });

  it('are empty where the link is gone and nothing was fetched', () => {
    const row = ledgerRow({
      downloads: { youtube: state({ status: 'pending', files: [], lastAttempt: null }) },
    });
    expect(cellsFor(row, csvRow(cells(), { link: '' })).youtube_status).toBe('');
  });

  it('tell no time of an attempt once the only download that had one was reset', () => {
    const reset = ledgerRow({
      downloads: { youtube: state({ status: 'pending', files: [], lastAttempt: null }) },
    });
    expect(cellsFor(reset, csvRow(SHOWN)).last_download_attempt).toBe('');
    for (const own of [
      { drive_status: 'failed' },
      { drive_files: 'old.pdf' },
      { drive_media_id: 'id' },
      { drive_status: 'pending', download_errors: 'drive attempt 1 quota: too many' },
    ])
      expect(cellsFor(reset, csvRow({ ...SHOWN, ...own })).last_download_attempt).toBe('T1');
  });

  it('list failures of both types in the order of time, the last ten', () => {
    const errors = (type: string, from: number) =>
      Array.from({ length: 7 }, (_, n) => ({
        at: `T${from + 2 * n}`.padStart(4, '0'),
        text: `${type} attempt ${n + 1} network: x`,
      }));
    const row = ledgerRow({
      downloads: {
        youtube: state({ errors: errors('youtube', 0) }),
        drive: state({ downloadType: 'drive', errors: errors('drive', 1) }),
      },
    });
    const listed = cellsFor(row, csvRow(SHOWN)).download_errors.split('; ');
    expect(listed).toHaveLength(10);
    expect(listed.at(-1)).toBe('drive attempt 7 network: x');
  });
});

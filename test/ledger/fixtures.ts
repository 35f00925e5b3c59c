import type { AttemptRecord, Outcome } from '../../src/ledger/index.ts';
import type { ItemResult, TrackingCells } from '../../src/row/index.ts';

export const ROW = { rowId: '007', type: 'FF-Fi/Se-CP/B(S) #4', name: 'Ada', email: 'ada@example.org' };

export const COMPLETED: Outcome = {
  status: 'completed',
  cause: null,
  category: null,
  message: null,
  permanent: false,
  notBefore: null,
  scope: 'full',
};

export function failed(cause: string, extra: Partial<Outcome> = {}): Outcome {
  return {
    ...COMPLETED,
    status: 'failed',
    cause,
    category: 'network',
    message: `it failed: ${cause}`,
    ...extra,
  };
}

export function item(mediaId: string, position: number, extra: Partial<ItemResult> = {}): ItemResult {
  return {
    kind: 'video',
    position,
    mediaId,
    title: null,
    sourceUrl: `https://www.youtube.com/watch?v=${mediaId}`,
    files: [{ path: `${mediaId}.mp4`, size: 10, sha256: 'ab'.repeat(32) }],
    metadataFile: `${mediaId}_metadata.json`,
    failure: null,
    ...extra,
  };
}

export function attempt(extra: Partial<AttemptRecord> = {}): AttemptRecord {
  return {
    row: ROW,
    downloadType: 'youtube',
    link: 'https://youtu.be/aaaaaaaaaaa',
    generation: null,
    lease: null,
    startedAt: '2026-11-01T10:00:00.000Z',
    endedAt: '2026-11-01T10:00:05.000Z',
    items: [item('aaaaaaaaaaa', 0)],
    outcome: COMPLETED,
    folder: '/media/youtube_downloads',
    runId: 'run-1',
    ...extra,
  };
}

export function cells(extra: Partial<TrackingCells> = {}): TrackingCells {
  return {
    youtube_status: '',
    youtube_files: '',
    youtube_media_id: '',
    drive_status: '',
    drive_files: '',
    drive_media_id: '',
    last_download_attempt: '',
    download_errors: '',
    ...extra,
  };
}

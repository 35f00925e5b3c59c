import { describe, expect, it } from 'vitest';
import { planDownloads, RowContext } from '../../src/index.ts';
import type { CsvRow } from '../../src/csv/index.ts';
import type { EffectiveStatus } from '../../src/tracker/index.ts';
import { decide, type Decision, type PlanOptions } from '../../src/workflow/planning/decide.ts';
import { csvFile } from '../tracker/fixtures.ts';

const NOW = '2026-01-02T12:00:00.000Z';
const LATER = '2026-01-02T13:00:00.000Z';
const BEFORE = '2026-01-02T11:00:00.000Z';
const VIDEO = 'https://youtu.be/aaaaaaaaaaa';

const rowWith = (youtube: string): CsvRow => ({
  index: 0,
  line: 2,
  context: new RowContext({ rowId: '1', rowIndex: 0, type: 'T', name: '', email: '' }),
  links: { youtube, drive: '' },
  tracking: {
    ...{ youtube_status: '', youtube_files: '', youtube_media_id: '', drive_status: '', drive_files: '' },
    ...{ drive_media_id: '', last_download_attempt: '', download_errors: '' },
  },
});
const state = (fields: Partial<EffectiveStatus>): EffectiveStatus => ({
  ...{ status: 'pending', attempts: 0, permanent: false, scope: 'full', notBefore: null, inLedger: true },
  ...fields,
});

describe('what is to be done about a download', () => {
  it.for<[string, string, Partial<EffectiveStatus>, PlanOptions, Decision]>([
    ['without a link: nothing', '', {}, {}, 'no_link'],
    ['that was never tried: fetch it', VIDEO, { status: '' }, {}, 'to_fetch'],
    ['whose type is left out: nothing', VIDEO, {}, { skipYoutube: true }, 'skipped'],
    [
      'that is completed, whose type is left out',
      VIDEO,
      { status: 'completed' },
      { skipYoutube: true },
      'already_here',
    ],
    [
      'whose transcript is here, whose type is left out: no video',
      VIDEO,
      { status: 'completed', scope: 'transcript' },
      { skipYoutube: true },
      'skipped',
    ],
    ['whose other type is left out: fetch it', VIDEO, {}, { skipDrive: true }, 'to_fetch'],
    ['that is complete: nothing', VIDEO, { status: 'completed' }, {}, 'already_here'],
    [
      'of which only the transcript is here: fetch the rest',
      VIDEO,
      { status: 'completed', scope: 'transcript' },
      {},
      'to_fetch',
    ],
    [
      'of which the transcript is here and only that is wanted: nothing',
      VIDEO,
      { status: 'completed', scope: 'transcript' },
      { transcriptOnly: true },
      'already_here',
    ],
    [
      'whose transcript can never be had, where the video was not asked for: fetch the video',
      VIDEO,
      { status: 'failed', attempts: 1, permanent: true, scope: 'transcript' },
      {},
      'to_fetch',
    ],
    [
      'whose transcript can never be had, where only that is wanted: give it up',
      VIDEO,
      { status: 'failed', attempts: 1, permanent: true, scope: 'transcript' },
      { transcriptOnly: true },
      'given_up',
    ],
    [
      'whose transcript can never be had, where failed ones are left: give it up',
      VIDEO,
      { status: 'failed', attempts: 1, permanent: true, scope: 'transcript' },
      { includeFailed: false },
      'given_up',
    ],
    ['that a dead run left: fetch it', VIDEO, { status: 'downloading' }, {}, 'to_fetch'],
    ['that failed twice: fetch it', VIDEO, { status: 'failed', attempts: 2 }, {}, 'to_fetch'],
    ['that failed three times: give it up', VIDEO, { status: 'failed', attempts: 3 }, {}, 'given_up'],
    [
      'that failed three times of five: fetch it',
      VIDEO,
      { status: 'failed', attempts: 3 },
      { retryAttempts: 5 },
      'to_fetch',
    ],
    [
      'that failed, where failed ones are left: give it up',
      VIDEO,
      { status: 'failed', attempts: 1 },
      { includeFailed: false },
      'given_up',
    ],
    [
      'that failed for good: give it up',
      VIDEO,
      { status: 'failed', attempts: 1, permanent: true },
      { retryAttempts: 9 },
      'given_up',
    ],
    ['that is to be tried later: wait', VIDEO, { notBefore: LATER }, {}, 'waiting'],
    ['whose time has come: fetch it', VIDEO, { notBefore: BEFORE }, {}, 'to_fetch'],
    ['whose link is none: say so', 'htps:/x', {}, {}, 'malformed'],
    [
      'whose bad link has failed already: give it up',
      'htps:/x',
      { status: 'failed', permanent: true, attempts: 1 },
      {},
      'given_up',
    ],
  ])('%s', ([, link, fields, options, decision]) => {
    expect(decide(rowWith(link), 'youtube', state(fields), options, NOW)).toBe(decision);
  });
});

describe('the plan of a CSV', () => {
  const header = 'row_id,type,youtube_playlist,google_drive';
  const lines = [
    header,
    `1,T,${VIDEO},`,
    '2,T,https://www.youtube.com/playlist?list=PLaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,https://drive.google.com/drive/folders/1234567890',
    '3,T,nonsense,-',
    ',T,https://youtu.be/bbbbbbbbbbb,',
    header,
    '# a note,,,',
  ];

  it('counts every row once for each type, folders and playlists by name, rows without row_id apart', async () => {
    const plan = await planDownloads(await csvFile(lines));
    expect(plan).toEqual({
      totalRows: 3,
      youtube: {
        noLink: 0,
        malformed: 1,
        folder: 1,
        alreadyHere: 0,
        givenUp: 0,
        waiting: 0,
        unusable: 0,
        skipped: 0,
        toFetch: 2,
      },
      drive: {
        noLink: 2,
        malformed: 0,
        folder: 1,
        alreadyHere: 0,
        givenUp: 0,
        waiting: 0,
        unusable: 0,
        skipped: 0,
        toFetch: 1,
      },
      waitingUntil: null,
      unusable: [{ reason: 'no row_id', count: 1, lines: [5] }],
    });
  });

  it('counts what is completed as here, also of a type that is left out', async () => {
    const csv = await csvFile([`${header},youtube_status`, `1,T,${VIDEO},,completed`, `2,T,${VIDEO},,`]);
    const { youtube } = await planDownloads(csv, { skipYoutube: true });
    expect(youtube).toMatchObject({ alreadyHere: 1, skipped: 1, toFetch: 0 });
  });

  it('counts what is over a limit as left out', async () => {
    const csv = await csvFile(lines);
    const { youtube } = await planDownloads(csv, { maxYoutube: 1 });
    expect(youtube).toMatchObject({ skipped: 2, toFetch: 0, malformed: 1 });
    expect((await planDownloads(csv, { maxYoutube: 0 })).youtube).toMatchObject({
      skipped: 3,
      toFetch: 0,
      malformed: 0,
    });
  });
});

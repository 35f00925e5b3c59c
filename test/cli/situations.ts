import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  DownloadResult,
  type DownloadType,
  ensureTrackingColumns,
  RowContext,
  updateCsvDownloadStatus,
} from '../../src/index.ts';
import { HEADER } from './fixtures.ts';

/** Things that are hostile to whatever shows them: HTML, escape sequences, formulas, direction marks, C1 controls. */
export const HTML = '<script>alert(1)</script><img src=x onerror=alert(1)>';
export const ANSI = '\u001B]0;pwned\u0007\u001B[31mred\u001B[2J';
export const MARKS = '\u202Egpj.exe\u2066\u009B31m\u2028';
export const FORMULA = '=HYPERLINK("https://evil.example","click")';

const link = {
  youtube: 'https://youtu.be/dQw4w9WgXcQ',
  drive: 'https://drive.google.com/file/d/1a2b3c4d5e6f7g/view',
};

function quoted(cell: string): string {
  return `"${cell.replaceAll('"', '""')}"`;
}

interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly type: string;
  /** What happened, by download; `null` is nothing yet. */
  readonly youtube?: Happened;
  readonly drive?: Happened;
}

type Happened = null | 'completed' | { readonly cause: string; readonly message: string };

const FAILED_PEOPLE: readonly Person[] = [
  {
    id: '001',
    name: 'Ada Lovelace',
    email: 'ada@example.org',
    type: 'FF #1',
    youtube: 'completed',
    drive: 'completed',
  },
  { id: '002', name: 'Grace Hopper', email: 'grace@example.org', type: 'MM #2', youtube: null },
  {
    id: '003',
    name: 'Alan Turing',
    email: 'alan@example.org',
    type: 'FM #3',
    youtube: { cause: 'connection_failed', message: 'the connection was cut' },
    drive: { cause: 'not_shared', message: 'Google asks to sign in' },
  },
  {
    id: '004',
    name: 'Charles Babbage',
    email: 'charles@example.org',
    type: 'MF #4',
    drive: { cause: 'not_shared', message: 'Google asks to sign in' },
  },
  {
    id: '005',
    name: 'Annie Easley',
    email: 'annie@example.org',
    type: 'FF #5',
    youtube: { cause: 'removed', message: 'This video has been removed by the uploader' },
  },
];

const HOSTILE_PEOPLE: readonly Person[] = [
  {
    id: `1${ANSI}`,
    name: `${HTML}${MARKS}`,
    email: FORMULA,
    type: `${ANSI}T`,
    youtube: { cause: 'connection_failed', message: `${ANSI}${HTML}${MARKS}` },
  },
  {
    id: FORMULA,
    name: 'M'.repeat(1_000_000),
    email: `+${HTML}`,
    type: `T${MARKS}`,
    drive: { cause: 'not_shared', message: `${FORMULA} ${'word '.repeat(100_000)}` },
  },
  { id: `<b>3</b>${MARKS}`, name: `@${ANSI}`, email: `-${MARKS}`, type: 'T', youtube: null },
];

/** CSVs that people have, each made as `people.csv` in the folder that is given. */
export const SITUATIONS = {
  'empty-csv': (folder: string) => situation(folder, []),
  'failed-rows': (folder: string) => situation(folder, FAILED_PEOPLE),
  'hostile-content': (folder: string) => situation(folder, HOSTILE_PEOPLE),
};

async function situation(folder: string, people: readonly Person[]): Promise<void> {
  const csv = join(folder, 'people.csv');
  const rows = people.map(({ id, name, email, type, youtube, drive }) =>
    [
      ...[id, name, email, type].map(quoted),
      youtube === undefined ? '' : link.youtube,
      drive === undefined ? '' : link.drive,
    ].join(','),
  );
  await writeFile(csv, [HEADER, ...rows].map((row) => `${row}\r\n`).join(''));
  await leave(join(folder, 'leavings'));
  await ensureTrackingColumns(csv);
  for (const person of people)
    for (const type of ['youtube', 'drive'] as const) {
      const happened = person[type];
      if (happened !== undefined && happened !== null)
        await updateCsvDownloadStatus(0, type, resultOf(person, type, happened), csv);
    }
}

/** What an earlier tool left: a letter that rows ask for, a page in the place of a video, and names that are hostile. */
async function leave(folder: string): Promise<void> {
  await mkdir(folder);
  const put = (name: string, text: string) => writeFile(join(folder, name), text);
  await put('letter-1a2b3c4d5e6f7g.txt', 'a letter');
  await put('clip [dQw4w9WgXcQ].mp4', '<!doctype html><html>sign in</html>');
  await put(`${FORMULA.replaceAll('/', '_')}${ANSI}${MARKS}.txt`, 'nobody knows');
  await put('a_metadata.json', JSON.stringify({ source_csv_row_id: `9${ANSI}`, personality_type: HTML }));
  await put('a.mp4', 'x');
}

function resultOf(
  { id, name, email, type }: Person,
  downloadType: DownloadType,
  happened: NonNullable<Happened>,
): DownloadResult {
  const rowContext = new RowContext({ rowId: id, rowIndex: 0, type, name, email });
  const isHere = happened === 'completed';
  const mediaId = downloadType === 'youtube' ? 'dQw4w9WgXcQ' : '1a2b3c4d5e6f7g';
  const path = downloadType === 'youtube' ? 'dQw4w9WgXcQ_row001_FF-1.mp4' : 'letter_row001_FF-1.txt';
  return new DownloadResult({
    success: isHere,
    filesDownloaded: isHere ? [path] : [],
    mediaId: isHere ? mediaId : null,
    errorMessage: isHere ? null : happened.message,
    metadataFile: null,
    rowContext,
    downloadType,
    items: [
      {
        kind: downloadType === 'youtube' ? 'video' : 'file',
        position: 0,
        mediaId,
        title: null,
        sourceUrl: link[downloadType],
        files: isHere ? [{ path, size: 1_500_000, sha256: 'ab'.repeat(32) }] : [],
        metadataFile: null,
        failure: isHere ? null : happened,
      },
    ],
  });
}

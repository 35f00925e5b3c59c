import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import {
  type ItemStory,
  placeIn,
  resolvePlace,
  type RowStory,
  type ShownRow,
  type TrackerOptions,
  whyRow,
} from '../../index.ts';
import type { DownloadType, RowDetail, RowFile } from '../contract.ts';
import { contentOf } from './content-type.ts';
import { openFile } from './inside-folders.ts';
import { plain } from './plain.ts';
import { shownRow } from './row-summary.ts';

/** More are not shown: a folder of a thousand files is looked at on the disk. */
const MOST_ATTEMPTS = 200;
const MOST_ITEMS = 500;

export interface RowDetailOptions {
  readonly csvPath: string;
  readonly folders: Readonly<Record<DownloadType, string>>;
  readonly retryAttempts: number | undefined;
  readonly tracking: TrackerOptions;
}

/** A row's timeline and files. */
export async function readRowDetail(row: ShownRow, options: RowDetailOptions): Promise<RowDetail> {
  const { csvPath, folders, retryAttempts, tracking } = options;
  const story = await whyRow(row.rowId, {
    ...tracking,
    csvPath,
    youtubeDir: folders.youtube,
    driveDir: folders.drive,
    retryAttempts,
  });
  const downloads = (story?.downloads ?? []).map(async (download) => ({
    downloadType: download.downloadType,
    status: row[download.downloadType].status,
    link: plain(download.link, 2000),
    attempts: download.timeline.slice(-MOST_ATTEMPTS).map((attempt) => ({
      number: attempt.number,
      startedAt: attempt.startedAt,
      endedAt: attempt.endedAt,
      outcome: attempt.status,
      cause: attempt.cause,
      message: attempt.message && plain(attempt.message),
    })),
    items: await Promise.all(
      download.items
        .filter(({ present }) => present)
        .slice(0, MOST_ITEMS)
        .map((item) => shownItem(item, download.downloadType, { csvPath, folders })),
    ),
  }));
  return { row: shownRow(row), verdict: verdictOf(story), downloads: await Promise.all(downloads) };
}

/** What is said of the whole row: of the download that still needs something. */
function verdictOf(story: RowStory | null): RowDetail['verdict'] {
  const downloads = story?.downloads ?? [];
  const open = downloads.find(({ verdict }) => verdict !== 'done') ?? downloads[0];
  if (open === undefined)
    return {
      message: 'It has no link.',
      nextStep: 'Nothing to do: there is nothing to fetch.',
      commands: [],
    };
  const notes = story?.notes ?? [];
  const message = open.message ?? (open.verdict === 'done' ? 'Everything is here.' : `It is ${open.status}.`);
  return {
    message: plain([message, ...notes].join(' ')),
    nextStep: plain(open.nextStep.replace(/^Nothing: /, 'Nothing to do: ')),
    commands: open.commands,
  };
}

async function shownItem(
  item: ItemStory,
  type: DownloadType,
  { csvPath, folders }: Pick<RowDetailOptions, 'csvPath' | 'folders'>,
): Promise<RowDetail['downloads'][number]['items'][number]> {
  return {
    id: plain(`${item.kind}:${item.mediaId ?? item.position}`),
    kind: item.kind,
    title: item.title === null ? null : plain(item.title),
    status: item.status,
    cause: item.cause,
    message: item.message && plain(item.message),
    files: await Promise.all(
      item.files.map(async ({ path, folder, size, sha256 }): Promise<RowFile> => {
        const place = resolvePlace(placeIn(folder ?? folders[type], path));
        const handle = await openFile(place, Object.values(folders));
        try {
          const content = handle && (await contentOf(handle).catch(() => null));
          return {
            name: plain(path),
            path: place,
            shownPath: plain(fromFolder(dirname(csvPath), place), 2000),
            url: handle === null ? null : `/api/file?path=${encodeURIComponent(place)}`,
            bytes: handle === null ? (size ?? 0) : handle.size,
            sha256,
            preview: content?.preview ?? null,
            mime: content?.mime ?? 'application/octet-stream',
          };
        } finally {
          await handle?.close();
        }
      }),
    ),
  };
}

function fromFolder(folder: string, place: string): string {
  if (place.startsWith('s3://')) return place;
  const path = relative(resolve(folder), place);
  return path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path) ? place : path;
}

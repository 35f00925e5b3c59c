import { type CsvRow, cutCell } from '../../csv/index.ts';
import { causeFacts } from '../../errors/index.ts';
import {
  type AdoptRecord,
  type DownloadReason,
  type DownloadState,
  errorEntry,
  MAX_ERROR_ENTRIES,
} from '../../ledger/index.ts';
import { DOWNLOAD_TYPES, type DownloadType, filesColumn, mediaIdColumn } from '../../row/index.ts';
import { entriesOf, recordOfCells } from './cells.ts';
import { type FoundItem, type Folders, newest, speaking, withSidecars } from './sidecars.ts';

/** What is known of one row while a ledger is made anew. */
export interface KnownRow {
  readonly row: CsvRow;
  /** As its logs tell; nothing of a download that no log knows. */
  readonly logged: Partial<Readonly<Record<DownloadType, DownloadState>>>;
  readonly sidecarsOf: (type: DownloadType) => readonly FoundItem[];
  /** Whether a sidecar says otherwise than the logs of one of these files. */
  readonly isContradicted: (type: DownloadType, files: readonly string[]) => boolean;
  readonly folders: Folders;
}

/**
 * The downloads of a row that are not, or not only, what its logs tell: what the CSV's cells and the sidecars say counts more. The attempts
 * that the logs tell of stay in its history. Pure.
 */
export function settleRow(known: KnownRow): readonly AdoptRecord[] {
  const isTimed = hasItsTime(known);
  return DOWNLOAD_TYPES.flatMap((type) => settleDownload(known, type, isTimed) ?? []);
}

function settleDownload(known: KnownRow, type: DownloadType, isTimed: boolean): AdoptRecord | null {
  const { row, folders } = known;
  const cells = recordOfCells(row, type);
  const state = known.logged[type];
  if (cells === null) return null;
  const own = speaking(cells, known.sidecarsOf(type));
  const told = withSidecars(cells, own, folders[type]);
  if (state === undefined) return cells.status === 'pending' ? null : { ...told, generation: newest(own) };
  // Under another type it is not this row's: nothing of it is ever written there.
  if (state.rowType !== '' && state.rowType !== row.context.type) return null;
  const isAsLogged =
    isTimed &&
    fits(state, row) &&
    newest(own) <= state.generation &&
    !known.isContradicted(type, state.files);
  if (isAsLogged) return null;
  const isOtherLink = state.link !== null && state.link !== cells.link;
  const reason = isOtherLink ? null : reasonOf(state, cells);
  return {
    ...told,
    folder: folders[type],
    generation: isOtherLink ? state.generation + 1 : Math.max(state.generation, newest(own)),
    ...(reason === null ? {} : { reason, permanent: state.permanent }),
  };
}

/**
 * Whether the row shows when its last attempt ended, as the logs tell. A download that is known by its cells alone may have had a later one,
 * and where no attempt counts any more the time stays as long as not both downloads are known.
 */
function hasItsTime({ row, logged }: KnownRow): boolean {
  const cell = row.tracking.last_download_attempt;
  const times = DOWNLOAD_TYPES.map((type) => logged[type]?.lastAttempt ?? '').toSorted();
  const last = times.at(-1) ?? '';
  if (last === cell) return true;
  const others = DOWNLOAD_TYPES.filter((type) => logged[type] === undefined);
  const mayBeLater =
    last === '' || others.some((type) => (recordOfCells(row, type)?.status ?? 'pending') !== 'pending');
  return last < cell && others.length > 0 && mayBeLater;
}

/** Whether a download's own cells show just this. */
function fits(state: DownloadState, row: CsvRow): boolean {
  const { downloadType: type } = state;
  const cells = recordOfCells(row, type);
  if (cells === null || cells.link !== state.link || cells.status !== state.status) return false;
  const { tracking } = row;
  if (tracking[filesColumn(type)] !== cutCell(state.files.join(','))) return false;
  if (tracking[mediaIdColumn(type)] !== cutCell(state.mediaIds.join(','))) return false;
  const shown = entriesOf(tracking.download_errors, type);
  const logged = state.errors.map(({ text }) => text);
  const isCut = tracking.download_errors.split('; ').length >= MAX_ERROR_ENTRIES;
  const expected =
    isCut && shown.length < logged.length ? logged.slice(logged.length - shown.length) : logged;
  return JSON.stringify(shown) === JSON.stringify(expected);
}

/** Why it did not come, where the last entries of the cell tell of the same failure as the logs; else null. */
function reasonOf(state: DownloadState, cells: AdoptRecord): DownloadReason | null {
  const { cause, message, notBefore, downloadType } = state;
  if (cells.status === 'completed' || cells.status !== state.status || cause === null || message === null)
    return null;
  const logged = withoutNumber(errorEntry(downloadType, 1, causeFacts(cause).category, message));
  const numberOf = (text: string) => / attempt (\d+) /.exec(text)?.[1];
  const last = cells.errors.at(-1)?.text ?? '';
  const isShown = cells.errors.some(
    ({ text }) => numberOf(text) === numberOf(last) && withoutNumber(text) === logged,
  );
  return isShown ? { cause, message, notBefore } : null;
}

function withoutNumber(entry: string): string {
  return entry.replace(/ attempt \d+ /, ' attempt ');
}

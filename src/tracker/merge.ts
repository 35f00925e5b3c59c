import { type CsvRow, cutCell } from '../csv/index.ts';
import type { DownloadState, LedgerRow } from '../ledger/index.ts';
import {
  DOWNLOAD_TYPES,
  type DownloadType,
  filesColumn,
  mediaIdColumn,
  statusColumn,
  TRACKING_COLUMNS,
  type TrackingCells,
} from '../row/index.ts';

/** Entries in a `download_errors` cell. */
const MAX_ERROR_ENTRIES = 10;

/** What the ledger and a row of the CSV, seen together, ask for. */
export interface MergeDecision {
  /** Why nothing may be written to the row, or null. */
  readonly blocked: 'type_mismatch' | 'other_person' | `type_mismatch_${DownloadType}` | null;
  /** Downloads that begin a new generation, because a person changed the link or reset the status. */
  readonly resets: readonly { readonly downloadType: DownloadType; readonly reason: 'link' | 'by_hand' }[];
  /** Links that the ledger did not know yet. */
  readonly links: readonly { readonly downloadType: DownloadType; readonly link: string }[];
}

/**
 * What a person's edits of one row mean. The person's row, order and cells win; of the tracking cells only the status is
 * input, and only when it is not simply a stale copy of the file.
 * @param earlier whether the row's tracking cells equal an earlier projection (a stale copy was saved).
 */
export function decideMerge(ledger: LedgerRow, csv: CsvRow, earlier: boolean): MergeDecision {
  const known = DOWNLOAD_TYPES.filter((type) => ledger.downloads[type] !== undefined);
  const others = known.filter((type) => ledger.downloads[type]?.rowType !== csv.context.type);
  if (known.length > 0 && others.length === known.length) {
    const blocked = isOtherPerson(ledger, csv) ? 'other_person' : 'type_mismatch';
    return { resets: [], links: [], blocked };
  }
  const resets: { downloadType: DownloadType; reason: 'link' | 'by_hand' }[] = [];
  const links: { downloadType: DownloadType; link: string }[] = [];
  for (const downloadType of DOWNLOAD_TYPES) {
    const state = ledger.downloads[downloadType];
    if (state === undefined || others.includes(downloadType)) continue;
    if (state.link === null) links.push({ downloadType, link: csv.links[downloadType] });
    else if (state.link !== csv.links[downloadType]) resets.push({ downloadType, reason: 'link' });
    else if (!earlier && isResetByHand(ledger.projected, csv.tracking, downloadType)) {
      resets.push({ downloadType, reason: 'by_hand' });
    }
  }
  const [other] = others;
  return { blocked: other === undefined ? null : `type_mismatch_${other}`, resets, links };
}

/** A whole new CSV stands in the old one's place: type, e-mail and every link of this row_id are somebody else's. */
function isOtherPerson(ledger: LedgerRow, csv: CsvRow): boolean {
  if (ledger.email === csv.context.email) return false;
  return DOWNLOAD_TYPES.every((type) => {
    const link = ledger.downloads[type]?.link ?? null;
    return link === null || link !== csv.links[type];
  });
}

/** Everything but the row_id is the same: type, e-mail and the links that the ledger knows. */
export function isSamePerson(ledger: LedgerRow, csv: CsvRow): boolean {
  if (ledger.type !== csv.context.type || ledger.email !== csv.context.email) return false;
  return DOWNLOAD_TYPES.every(
    (type) => (ledger.downloads[type]?.link ?? csv.links[type]) === csv.links[type],
  );
}

function isResetByHand(shown: TrackingCells | null, now: TrackingCells, type: DownloadType): boolean {
  if (shown === null) return false;
  const status = statusColumn(type);
  if (!isUntried(now[status]) || isUntried(shown[status])) return false;
  const others = [
    filesColumn(type),
    mediaIdColumn(type),
    'last_download_attempt',
    'download_errors',
  ] as const;
  return others.some((column) => shown[column] !== '' && now[column] === shown[column]);
}

/** The cells of a row that nothing has happened to: a copy of the file from before its first result has them. */
export function isUntouched(cells: TrackingCells): boolean {
  return TRACKING_COLUMNS.every((column) =>
    column === 'youtube_status' || column === 'drive_status'
      ? isUntried(cells[column])
      : cells[column] === '',
  );
}

function isUntried(status: string): boolean {
  return ['', 'pending'].includes(status.trim().toLowerCase());
}

/** The tracking cells that a row is to show. Cells of a download that the ledger does not know stay as they are. */
export function cellsFor(ledger: LedgerRow, csv: CsvRow): TrackingCells {
  const cells: Record<string, string> = { ...csv.tracking };
  const states: DownloadState[] = [];
  const unknown: DownloadType[] = [];
  for (const type of DOWNLOAD_TYPES) {
    const state = ledger.downloads[type];
    // What was recorded under another type says nothing of this row.
    if (state === undefined || state.rowType !== csv.context.type) {
      unknown.push(type);
      // An empty status with a link means pending; where the row is written anyway, it says so.
      if (cells[statusColumn(type)] === '' && csv.links[type] !== '') cells[statusColumn(type)] = 'pending';
      continue;
    }
    states.push(state);
    cells[statusColumn(type)] = state.status === 'pending' && csv.links[type] === '' ? '' : state.status;
    cells[filesColumn(type)] = cutCell(state.files.join(','));
    cells[mediaIdColumn(type)] = cutCell(state.mediaIds.join(','));
  }
  if (states.length > 0) {
    const last = states
      .map(({ lastAttempt }) => lastAttempt ?? '')
      .toSorted()
      .at(-1);
    const tellsOfOne = unknown.some((type) => tellsOfAttempt(csv.tracking, type));
    cells['last_download_attempt'] = last || (tellsOfOne ? csv.tracking.last_download_attempt : '');
    cells['download_errors'] = errorsCell(states, unknown, csv.tracking.download_errors);
  }
  return cells as TrackingCells;
}

/** Whether a row's own cells show that a download was tried: then the time of the last attempt can be its. */
function tellsOfAttempt(cells: TrackingCells, type: DownloadType): boolean {
  return (
    !isUntried(cells[statusColumn(type)]) ||
    cells[filesColumn(type)] !== '' ||
    cells[mediaIdColumn(type)] !== '' ||
    cells.download_errors.split('; ').some((entry) => entry.startsWith(`${type} attempt `))
  );
}

/** The ledger's entries in the order of time, after those of a download that only the CSV knows. */
function errorsCell(
  states: readonly DownloadState[],
  unknown: readonly DownloadType[],
  cell: string,
): string {
  const known = states.map(({ downloadType }) => `${downloadType} attempt `);
  const kept =
    unknown.length === 0 || cell === ''
      ? []
      : cell.split('; ').filter((entry) => !known.some((prefix) => entry.startsWith(prefix)));
  const entries = states
    .flatMap(({ errors }) => errors)
    .toSorted((a, b) => a.at.localeCompare(b.at))
    .map(({ text }) => text);
  return [...kept, ...entries].slice(-MAX_ERROR_ENTRIES).join('; ');
}

export function sameCells(a: TrackingCells, b: TrackingCells): boolean {
  return TRACKING_COLUMNS.every((column) => a[column] === b[column]);
}

import type { ProjectionReport } from './projection.ts';

/** Something that a person should hear, about one row or about the whole. */
export interface Note {
  readonly rowId: string | null;
  readonly message: string;
}

const BLOCKED: Readonly<Record<string, string>> = {
  csv_row_gone: 'it is no longer in the CSV; its result is kept in the ledger',
  type_mismatch:
    'its type was changed in the CSV; its result is kept in the ledger and the row was left as it is',
  type_mismatch_youtube:
    'its type was changed in the CSV; its YouTube result is kept in the ledger, its cells were left as they are',
  type_mismatch_drive:
    'its type was changed in the CSV; its Drive result is kept in the ledger, its cells were left as they are',
  other_person: 'its row_id now belongs to somebody else; nothing was written to it',
  row_too_long:
    'it has more cells than the header; its result is kept in the ledger and the row was left as it is',
};

/** A write-back in words. */
export function notesOf({ blocked, renamed, overruled, reset, more }: ProjectionReport): Note[] {
  return [
    ...blocked.map(({ rowId, reason }) => ({ rowId, message: BLOCKED[reason] ?? reason })),
    ...renamed.map(({ from, to }) => ({
      rowId: to,
      message: `it was row ${from} before: a spreadsheet dropped or added leading zeros; format the column as text`,
    })),
    ...overruled.map((rowId) => ({
      rowId,
      message:
        'its tracking cells were changed by hand in a way that means nothing; they show the recorded status again',
    })),
    ...reset.map(({ rowId, downloadType, reason }) => ({
      rowId,
      message: `${reason === 'link' ? 'its link was changed in the CSV' : 'its status was reset in the CSV'}: the ${downloadType} download is pending again`,
    })),
    ...(more === 0 ? [] : [{ rowId: null, message: `${more} further rows changed in such ways` }]),
  ];
}

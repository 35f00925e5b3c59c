/** Which header names hold what rowtrail needs to know of a row. Names are compared trimmed. */
export interface ColumnMapping {
  /** The row's key. Required. */
  readonly rowId: string;
  readonly name: string;
  readonly email: string;
  /** The value that must never change. Required. */
  readonly type: string;
  /** YouTube links. One of the two link columns is required. */
  readonly youtube: string;
  /** Google Drive links. */
  readonly drive: string;
}

export const DEFAULT_COLUMNS: ColumnMapping = {
  rowId: 'row_id',
  name: 'name',
  email: 'email',
  type: 'type',
  youtube: 'youtube_playlist',
  drive: 'google_drive',
};

/** The keys under which a configuration file maps columns. */
export const COLUMN_KEYS = {
  rowId: 'row_id',
  name: 'name',
  email: 'email',
  type: 'type',
  youtube: 'youtube',
  drive: 'drive',
} as const satisfies Record<keyof ColumnMapping, string>;

/** True when both name the same columns. */
export function sameColumns(one: ColumnMapping, other: ColumnMapping): boolean {
  return (
    one.rowId === other.rowId &&
    one.name === other.name &&
    one.email === other.email &&
    one.type === other.type &&
    one.youtube === other.youtube &&
    one.drive === other.drive
  );
}

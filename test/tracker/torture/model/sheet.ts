import papaparse from 'papaparse';
import { TRACKING_COLUMNS, type TrackingColumn } from '../../../../src/row/index.ts';

/** A CSV as a person sees it: rows of cells by column, and the way it is written. */
export interface Sheet {
  /** In the order of the file. */
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly delimiter: ',' | ';' | '\t';
  readonly quotes: boolean;
  readonly newline: '\n' | '\r\n';
}

/** Cells by column name; every column of the sheet is there. */
export type Row = Readonly<Record<string, string>>;

export const OWN_COLUMNS = ['row_id', 'name', 'email', 'type', 'youtube_playlist', 'google_drive', 'mine'];

export function textOf({ columns, rows, delimiter, quotes, newline }: Sheet): string {
  const records = [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ''))];
  return (
    papaparse.unparse(
      records.map((record) => [...record]),
      { delimiter, quotes, newline },
    ) + newline
  );
}

/** What an independent reader finds in the file, for comparing with {@link contentOf}. */
export function readContent(text: string): readonly (readonly string[])[] {
  return papaparse.parse<string[]>(text, { skipEmptyLines: true }).data;
}

export function contentOf({ columns, rows }: Sheet): readonly (readonly string[])[] {
  return [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ''))];
}

export function hasTracking({ columns }: Sheet): boolean {
  return columns.includes(TRACKING_COLUMNS[0]);
}

export type Cells = Readonly<Record<TrackingColumn, string>>;

export function cellsOf(row: Row): Cells {
  return Object.fromEntries(TRACKING_COLUMNS.map((column) => [column, row[column] ?? ''])) as Cells;
}

export function linkOf(row: Row, kind: 'youtube' | 'drive'): string {
  const cell = row[kind === 'youtube' ? 'youtube_playlist' : 'google_drive'] ?? '';
  return cell === '-' ? '' : cell;
}

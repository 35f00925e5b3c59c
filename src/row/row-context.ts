import { createHash } from 'node:crypto';

export interface RowContextFields {
  readonly rowId: string;
  readonly rowIndex: number;
  readonly type: string;
  readonly name: string;
  readonly email: string;
}

/** The format of the row context inside sidecars; readers accept every version up to this one. */
const TRACKING_VERSION = '1.0';

/** Bytes of a suffix's parts, so that an id, the suffix and an extension stay below 255 bytes together. */
const MAX_ROW_ID_BYTES = 60;
const MAX_TYPE_BYTES = 80;

/** Which row of the CSV a download belongs to; carried through the whole pipeline. */
export class RowContext implements RowContextFields {
  /** The row's key, as text: `007` stays `007`. */
  readonly rowId: string;
  /** Position among the data rows, from 0. A hint only: rows are found by `rowId`. */
  readonly rowIndex: number;
  /** The personality type, exactly as it stands in the CSV; it must never change. */
  readonly type: string;
  readonly name: string;
  readonly email: string;

  constructor(fields: RowContextFields) {
    this.rowId = textOf(fields.rowId);
    this.rowIndex = fields.rowIndex;
    this.type = textOf(fields.type);
    this.name = textOf(fields.name);
    this.email = textOf(fields.email);
  }

  /**
   * The row as it is embedded in a sidecar, under the keys that sidecars of earlier tools have.
   * @param now the time of the download, for `download_timestamp` (ISO 8601)
   */
  toMetadataDict(now: Date = new Date()): Record<string, unknown> {
    return {
      source_csv_row_id: this.rowId,
      source_csv_index: this.rowIndex,
      personality_type: this.type,
      person_name: this.name,
      person_email: this.email,
      download_timestamp: now.toISOString(),
      tracking_version: TRACKING_VERSION,
    };
  }

  /**
   * `_row{row_id}_{type}`, safe inside a file name on every system: `/` becomes `-`, a space `_`, `#` `num`,
   * parentheses are dropped, everything else that is neither letter, digit, `.`, `_` nor `-` becomes `-`. A row_id that had
   * to be changed for that gets a short hash of the original, so that it shares its suffix with no other row of its type.
   * Rows of different types can (`1` of type `A_B`, `1_A` of type `B`): whoever stores files looks for a free name.
   */
  toFilenameSuffix(): string {
    const type = safePart(
      this.type.replaceAll('/', '-').replaceAll(' ', '_').replaceAll('#', 'num').replaceAll(/[()]/g, ''),
      MAX_TYPE_BYTES,
    );
    let rowId = safePart(this.rowId, MAX_ROW_ID_BYTES);
    if (rowId !== this.rowId)
      rowId += `-${createHash('sha256').update(this.rowId).digest('hex').slice(0, 8)}`;
    // Windows drops a dot at the end of a name.
    return `_row${rowId}_${type}`.replace(/\.+$/, '');
  }
}

/** The row as a RowContext, where a caller without a type checker gave the bare fields. */
export function asRowContext(row: RowContextFields): RowContext {
  return row instanceof RowContext ? row : new RowContext(row);
}

/** Callers without a type checker give numbers for row_ids, and leave out what a CSV has no column for. */
function textOf(given: unknown): string {
  return given === undefined || given === null ? '' : String(given);
}

function safePart(text: string, maxBytes: number): string {
  return text
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
    .replaceAll(/\.{2,}/g, '.')
    .split('')
    .reduce((kept, char) => (Buffer.byteLength(kept + char) <= maxBytes ? kept + char : kept), '');
}

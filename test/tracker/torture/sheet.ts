import assert from 'node:assert/strict';
import papaparse from 'papaparse';
import { type DownloadType, RowContext, TRACKING_COLUMNS } from '../../../src/row/index.ts';

/** The sheet that is tortured: what a person wrote, in more ways of quoting than a sheet needs. */
export const HEADER = 'row_id,name,email,type,youtube_playlist,google_drive,"my, notes"';
const LINE_END = '\r\n';

/** Row ids are `p0`, `p1`, ...; every process makes the same row from the same number. */
export function contextAt(n: number): RowContext {
  return new RowContext({
    rowId: `p${n}`,
    rowIndex: n,
    type: `FF-Fi/Se-CP/B(S) #${n % 4}`,
    name: `Person "${n}"`,
    email: `person${n}@example.org`,
  });
}

export function linkAt(n: number, type: DownloadType): string {
  return type === 'youtube'
    ? `https://youtu.be/${String(n).padStart(11, 'v')}`
    : `https://drive.google.com/file/d/${String(n).padStart(20, 'd')}/view`;
}

/** The bytes of row `n` as the person wrote them, without its line end. Some hold a line end, a padded or a needlessly quoted cell. */
export function recordAt(n: number): string {
  const { rowId, type, email } = contextAt(n);
  const notes = ['1.10', '"two\nlines, really"', '""', ' padded ', '"plain"'][n % 5] ?? '';
  const links = [linkAt(n, 'youtube'), n % 3 === 0 ? `"${linkAt(n, 'drive')}"` : linkAt(n, 'drive')];
  return [rowId, `"Person ""${n}"""`, email, type, ...links, notes].join(',');
}

export function sheetText(rows: number): string {
  const lines = [HEADER];
  for (let n = 0; n < rows; n++) lines.push(recordAt(n));
  return lines.map((line) => line + LINE_END).join('');
}

/** The eight tracking cells of a row, in the order of the columns. */
export type Tracking = readonly string[];

/**
 * The tracking cells of every row, after everything else was found to be, byte for byte, what the person wrote.
 * @param text the whole file, in the order in which it was made
 */
export function trackingOf(text: string, rows: number): readonly Tracking[] {
  assert(text.startsWith(HEADER), 'the header was changed');
  const has = text.startsWith(`${HEADER},${TRACKING_COLUMNS.join(',')}${LINE_END}`);
  let at = text.indexOf(LINE_END) + LINE_END.length;
  for (let n = 0; n < rows; n++) {
    const record = recordAt(n);
    assert(text.startsWith(record, at), `the bytes of row p${n} were changed: ${text.slice(at, at + 200)}`);
    at = text.indexOf(LINE_END, at + record.length) + LINE_END.length;
    assert(at >= LINE_END.length, `the file ends within row p${n}`);
  }
  assert.equal(at, text.length, 'something stands behind the last row');

  const { data, errors } = papaparse.parse<string[]>(text, { delimiter: ',', newline: LINE_END });
  assert.deepEqual(errors, []);
  assert.equal(data.length, rows + 2, 'the number of rows was changed');
  const own = 7;
  return data.slice(1, -1).map((cells, n) => {
    assert.equal(cells.length, own + (has ? TRACKING_COLUMNS.length : 0), `row p${n} has another length`);
    return has ? cells.slice(own) : TRACKING_COLUMNS.map(() => '');
  });
}

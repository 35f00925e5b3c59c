import { TRACKING_COLUMNS } from '../../../../src/row/index.ts';
import { type Cells, cellsOf, hasTracking, linkOf, type Row, type Sheet } from './sheet.ts';

/**
 * The rules of the write-back, once more and as simply as they can be said: what a sheet must show after results, resets and
 * a person's edits in any order. It keeps everything in memory and looks at every row each time.
 */

export type Kind = 'youtube' | 'drive';
export const KINDS = ['youtube', 'drive'] as const;

interface State {
  readonly link: string | null;
  readonly status: 'pending' | 'completed' | 'failed';
  readonly attempts: number;
  readonly permanent: boolean;
  readonly files: string;
  readonly mediaId: string;
  readonly last: string;
  readonly errors: readonly { readonly at: string; readonly text: string }[];
}

interface Known {
  readonly type: string;
  readonly email: string;
  readonly states: Partial<Readonly<Record<Kind, State>>>;
  /** What the row showed last, and all that it ever showed. */
  readonly shown: Cells | null;
  readonly everShown: ReadonlySet<string>;
}

export interface Result {
  readonly rowId: string;
  readonly type: string;
  readonly email: string;
  readonly kind: Kind;
  readonly success: boolean;
  readonly permanent: boolean;
  readonly files: string;
  readonly mediaId: string;
  readonly message: string;
}

export class Model {
  sheet: Sheet;
  #known = new Map<string, Known>();
  /** Row ids that a row had before. */
  #renamed = new Map<string, string>();

  constructor(sheet: Sheet) {
    this.sheet = sheet;
  }

  /** Whether anything was ever recorded: nothing is made beside a CSV that nothing happened to. */
  get hasLedger(): boolean {
    return this.#known.size > 0;
  }

  loseLedger(): void {
    this.#known.clear();
    this.#renamed.clear();
  }

  /** The row_id under which the ledger keeps a row. */
  present(rowId: string): string {
    return this.#known.has(rowId) ? rowId : (this.#renamed.get(rowId) ?? rowId);
  }

  row(rowId: string): Row | undefined {
    return this.sheet.rows.find((row) => row['row_id'] === rowId);
  }

  /** Records a result without showing it. @param at when (ISO 8601) */
  record(result: Result, at: string): void {
    const { kind, success } = result;
    const rowId = this.present(result.rowId);
    this.#adopt(rowId);
    const known = this.#known.get(rowId);
    const before = known?.states[kind] ?? blank(null);
    const attempts = before.attempts + (success ? 0 : 1);
    this.#put(rowId, result, kind, {
      ...before,
      status: success ? 'completed' : 'failed',
      attempts,
      permanent: !success && result.permanent,
      ...(success && { files: result.files, mediaId: result.mediaId }),
      last: at,
      errors: success
        ? before.errors
        : [...before.errors, { at, text: `${kind} attempt ${attempts} system: ${result.message}` }].slice(
            -10,
          ),
    });
  }

  /** @returns false where the sheet has no such row */
  reset(rowId: string, kinds: readonly Kind[]): boolean {
    const row = this.row(rowId);
    if (row === undefined) return false;
    for (const kind of kinds) this.#put(rowId, personOf(row), kind, blank(linkOf(row, kind)));
    return true;
  }

  /** Takes the person's edits in and shows what is known: what every command does first. */
  sync(): void {
    this.#findRenamed();
    const shown = new Map<string, Cells>();
    for (const rowId of this.#known.keys()) {
      const row = this.row(rowId);
      if (row === undefined || this.#known.get(rowId)?.type !== row['type']) continue;
      this.#takeIn(rowId, row);
      const known = this.#known.get(rowId);
      if (known === undefined) continue;
      const cells = cellsFor(known, row);
      const seen = known.shown === null ? [keyOf(cellsOf(row)), keyOf(cells)] : [keyOf(cells)];
      this.#known.set(rowId, { ...known, shown: cells, everShown: new Set([...known.everShown, ...seen]) });
      if (keyOf(cells) !== keyOf(cellsOf(row))) shown.set(rowId, cells);
    }
    if (shown.size > 0) this.#write(shown);
  }

  /** Whether a download is to be tried. */
  isPending(row: Row, kind: Kind): boolean {
    if (linkOf(row, kind) === '') return false;
    const known = this.#known.get(row['row_id'] ?? '');
    const state = (known?.type === row['type'] ? known?.states[kind] : undefined) ?? stateInCells(row, kind);
    if (state === null || state.status === 'pending') return true;
    return state.status === 'failed' && !state.permanent && state.attempts < 3;
  }

  #takeIn(rowId: string, row: Row): void {
    const known = this.#known.get(rowId);
    if (known === undefined) return;
    const cells = cellsOf(row);
    const ours = known.everShown.has(keyOf(cells)) || keyOf(cellsFor(known, row)) === keyOf(cells);
    for (const kind of KINDS) {
      const state = known.states[kind];
      if (state === undefined) continue;
      const link = linkOf(row, kind);
      const changed = state.link !== null && state.link !== link;
      if (changed || (!ours && isResetByHand(known.shown, cells, kind)))
        this.#put(rowId, known, kind, blank(link));
      else this.#put(rowId, known, kind, { ...state, link });
    }
  }

  /** A row of which the ledger knows nothing yet goes on from its own cells. */
  #adopt(rowId: string): void {
    const row = this.row(rowId);
    if (row === undefined) return;
    const ended = KINDS.filter((kind) =>
      ['completed', 'failed'].includes(row[`${kind}_status`]?.trim() ?? ''),
    );
    for (const kind of ended) {
      if (this.#known.get(rowId)?.states[kind] !== undefined || linkOf(row, kind) === '') continue;
      const state = stateInCells(row, kind);
      if (state !== null) this.#put(rowId, personOf(row), kind, state);
    }
  }

  /** A spreadsheet drops leading zeros, and gives them back when the column becomes text. */
  #findRenamed(): void {
    for (const [rowId, known] of [...this.#known]) {
      if (this.row(rowId) !== undefined) continue;
      const digits = /^0*(\d+)$/.exec(rowId)?.[1];
      const row = this.sheet.rows.find((each) => /^0*(\d+)$/.exec(each['row_id'] ?? '')?.[1] === digits);
      if (digits === undefined || row === undefined) continue;
      const now = row['row_id'] ?? '';
      const same = KINDS.every(
        (kind) => (known.states[kind]?.link ?? linkOf(row, kind)) === linkOf(row, kind),
      );
      if (this.#known.has(now) || known.type !== row['type'] || known.email !== row['email'] || !same)
        continue;
      this.#known.delete(rowId);
      this.#known.set(now, known);
      this.#renamed.delete(now);
      this.#renamed.set(rowId, now);
    }
  }

  #put(
    rowId: string,
    person: { readonly type: string; readonly email: string },
    kind: Kind,
    state: State,
  ): void {
    const { type, email } = person;
    const before = this.#known.get(rowId) ?? { states: {}, shown: null, everShown: new Set() };
    this.#known.set(rowId, { ...before, type, email, states: { ...before.states, [kind]: state } });
  }

  #write(shown: ReadonlyMap<string, Cells>): void {
    const { columns, rows } = this.sheet;
    const added = hasTracking(this.sheet) ? [] : TRACKING_COLUMNS;
    this.sheet = {
      ...this.sheet,
      columns: [...columns, ...added],
      rows: rows.map((row) => {
        const fresh = added.length > 0 ? { ...row, ...startCells(row) } : row;
        return { ...fresh, ...shown.get(row['row_id'] ?? '') };
      }),
    };
  }
}

function personOf(row: Row): { type: string; email: string } {
  return { type: row['type'] ?? '', email: row['email'] ?? '' };
}

/** A download to which nothing happened. */
function blank(link: string | null): State {
  return {
    link,
    status: 'pending',
    attempts: 0,
    permanent: false,
    files: '',
    mediaId: '',
    last: '',
    errors: [],
  };
}

/** What a row's own cells say of a download that ended. */
function stateInCells(row: Row, kind: Kind): State | null {
  const cells = cellsOf(row);
  const status = cells[`${kind}_status`];
  if (status !== 'completed' && status !== 'failed') return null;
  const errors = entriesOf(cells, kind).map((text) => ({ at: cells.last_download_attempt, text }));
  const numbers = errors.map(({ text }) => Number(/attempt (\d+)/.exec(text)?.[1] ?? 0));
  return {
    ...blank(linkOf(row, kind)),
    status,
    attempts: Math.max(0, ...numbers),
    files: cells[`${kind}_files`],
    mediaId: cells[`${kind}_media_id`],
    last: cells.last_download_attempt,
    errors,
  };
}

function entriesOf(cells: Cells, kind: Kind): string[] {
  return cells.download_errors.split('; ').filter((entry) => entry.startsWith(`${kind} attempt `));
}

function startCells(row: Row): Cells {
  const cells = Object.fromEntries(TRACKING_COLUMNS.map((column) => [column, ''])) as Record<string, string>;
  for (const kind of KINDS) cells[`${kind}_status`] = linkOf(row, kind) === '' ? '' : 'pending';
  return cells as Cells;
}

/** The status says "not tried" while another cell of that download, or of its last attempt, still tells of one. */
function isResetByHand(shown: Cells | null, now: Cells, kind: Kind): boolean {
  const untried = (status: string) => status === '' || status === 'pending';
  if (shown === null || !untried(now[`${kind}_status`]) || untried(shown[`${kind}_status`])) return false;
  const others = [`${kind}_files`, `${kind}_media_id`, 'last_download_attempt', 'download_errors'] as const;
  return others.some((column) => shown[column] !== '' && shown[column] === now[column]);
}

function cellsFor(known: Known, row: Row): Cells {
  const own = cellsOf(row);
  const cells: Record<string, string> = { ...own };
  const states = KINDS.flatMap((kind) => known.states[kind] ?? []);
  const unknown = KINDS.filter((kind) => known.states[kind] === undefined);
  for (const kind of KINDS) {
    const state = known.states[kind];
    const link = linkOf(row, kind);
    if (state === undefined) {
      if (own[`${kind}_status`] === '' && link !== '') cells[`${kind}_status`] = 'pending';
      continue;
    }
    cells[`${kind}_status`] = state.status === 'pending' && link === '' ? '' : state.status;
    cells[`${kind}_files`] = state.files;
    cells[`${kind}_media_id`] = state.mediaId;
  }
  const last =
    states
      .map((state) => state.last)
      .toSorted()
      .at(-1) ?? '';
  const tellsOfOne = unknown.some(
    (kind) =>
      !['', 'pending'].includes(own[`${kind}_status`].trim().toLowerCase()) ||
      own[`${kind}_files`] !== '' ||
      own[`${kind}_media_id`] !== '' ||
      entriesOf(own, kind).length > 0,
  );
  cells['last_download_attempt'] = last === '' && tellsOfOne ? own.last_download_attempt : last;
  const strangers = unknown.length === 0 || own.download_errors === '' ? [] : own.download_errors.split('; ');
  const kept = strangers.filter(
    (entry) => !KINDS.some((kind) => !unknown.includes(kind) && entry.startsWith(`${kind} attempt `)),
  );
  const entries = states
    .flatMap(({ errors }) => errors)
    .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  cells['download_errors'] = [...kept, ...entries.map(({ text }) => text)].slice(-10).join('; ');
  return cells as Cells;
}

function keyOf(cells: Cells): string {
  return JSON.stringify(TRACKING_COLUMNS.map((column) => cells[column]));
}

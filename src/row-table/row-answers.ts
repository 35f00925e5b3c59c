import { keepWanted, marked, type RowQuery } from './query.ts';
import { ExtraText } from './extra-text.ts';
import type { TableParts } from './build-table.ts';
import { RowOrders } from './row-orders.ts';
import { searchable } from './text-blob.ts';

/** Answers that are kept, for who pages through one: four bytes for each row of it. */
const KEPT = 3;
/** Words of a search that count. */
const MOST_WORDS = 8;
const MOST_LETTERS = 200;
/** Orders are made so long without a pause: less than anybody notices. */
const SLICE_MS = 8;

/** Rows in an order: all of them where `rows` is null. */
export interface Answer {
  readonly total: number;
  readonly row: (place: number) => number;
}

/** Which rows fit a query, from what is held of them; a million take some tens of milliseconds. */
export class RowAnswers implements Disposable {
  readonly #parts: TableParts;
  readonly #orders: RowOrders;
  readonly extra = new ExtraText();
  readonly #kept = new Map<string, Answer>();
  #found: { readonly words: string; readonly extra: number; readonly marks: Uint8Array } | null = null;

  constructor(parts: TableParts) {
    this.#parts = parts;
    this.#orders = new RowOrders(parts);
  }

  [Symbol.dispose](): void {
    this.extra[Symbol.dispose]();
    this.#parts.text[Symbol.dispose]();
  }

  /** @param version of the statuses: an answer of another one is not given again */
  answer(query: RowQuery, version: number): Answer {
    const key = JSON.stringify([
      version,
      query.status,
      query.download,
      query.cause,
      query.text,
      query.sort,
      query.descending,
    ]);
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const answer = this.#answer(query, version);
    this.#kept.set(key, answer);
    for (const old of this.#kept.keys()) {
      if (this.#kept.size <= KEPT) break;
      this.#kept.delete(old);
    }
    return answer;
  }

  /**
   * Makes the orders by texts before somebody asks for them, some milliseconds at a time.
   * @param pause gives way to other work; resolves with whether there is still somebody who may ask
   */
  async prepare(pause: () => Promise<boolean>): Promise<void> {
    while (await pause()) {
      const until = performance.now() + SLICE_MS;
      while (performance.now() < until) if (!this.#orders.prepare()) return;
    }
  }

  #answer(query: RowQuery, version: number): Answer {
    const { columns } = this.#parts;
    const { sort = 'line', descending = false } = query;
    const order = this.#orders.of(sort, version);
    const last = columns.rowCount - 1;
    const words = wordsOf(query.text);
    if (words.length === 0 && query.status === undefined && query.cause === undefined) {
      const at = (place: number) => (descending ? last - place : place);
      return {
        total: columns.rowCount,
        row: (place) => (order === null ? at(place) : (order[at(place)] ?? 0)),
      };
    }
    const marks = this.#search(words);
    keepWanted(columns, query, marks);
    const rows = marked(marks, order, descending);
    return { total: rows.length, row: (place) => rows[place] ?? 0 };
  }

  /** Marks (1) of the rows that hold all words. */
  #search(words: readonly string[]): Uint8Array {
    const { columns } = this.#parts;
    const marks = new Uint8Array(columns.rowCount);
    if (words.length === 0) return marks.fill(1);
    const key = words.join(' ');
    if (this.#found?.words === key && this.#found.extra === this.extra.count)
      return this.#found.marks.slice();
    this.extra.search(words, marks);
    this.#parts.text.search(words, marks, { isAllOrNothing: true });
    const all = 2 ** words.length - 1;
    for (let row = 0; row < marks.length; row++) marks[row] = marks[row] === all ? 1 : 0;
    this.#found = { words: key, extra: this.extra.count, marks };
    return marks.slice();
  }
}

function wordsOf(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  const words = searchable(text.slice(0, MOST_LETTERS))
    .split(' ')
    .filter((word) => word !== '');
  // A long word is in few rows: the others need not be looked for in the rest.
  return [...new Set(words)].slice(0, MOST_WORDS).toSorted((one, other) => other.length - one.length);
}

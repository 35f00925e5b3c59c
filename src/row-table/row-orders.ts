import type { RowColumns } from './columns.ts';
import { FIELDS, type TableParts } from './build-table.ts';
import { type SortKey, sortByCode, sortByNumber } from './query.ts';
import { sortByText } from './sort-by-text.ts';

const BY_TEXT = ['name', 'type', 'rowId'] as const;
type TextKey = (typeof BY_TEXT)[number];

/**
 * Orders of all rows: four bytes a row each. Those by texts stay, and are made in steps before somebody asks for them; the others change
 * with the statuses and are made in some tens of milliseconds when they are asked for.
 */
export class RowOrders {
  readonly #parts: TableParts;
  readonly #lasting = new Map<SortKey, Uint32Array>();
  readonly #making = new Map<TextKey, Generator<void, Uint32Array, void>>();
  #passing: { readonly key: SortKey; readonly version: number; readonly order: Uint32Array } | null = null;

  constructor(parts: TableParts) {
    this.#parts = parts;
  }

  /** @returns null for the order of the file */
  of(key: SortKey, version: number): Uint32Array | null {
    const { columns } = this.#parts;
    switch (key) {
      case 'line':
        return null;
      case 'rowId':
      case 'name':
      case 'type':
        for (;;) {
          const order = this.#lasting.get(key) ?? this.#makeOn(key);
          if (order !== null) return order;
        }
      default:
        if (this.#passing?.key !== key || this.#passing.version !== version)
          this.#passing = { key, version, order: byFact(columns, key) };
        return this.#passing.order;
    }
  }

  /** Makes the orders by texts a step of some milliseconds further. @returns whether there is more to make */
  prepare(): boolean {
    const key = BY_TEXT.find((each) => !this.#lasting.has(each));
    if (key === undefined) return false;
    this.#makeOn(key);
    return true;
  }

  /** @returns the order when it is made, else null */
  #makeOn(key: TextKey): Uint32Array | null {
    const making =
      this.#making.get(key) ?? sortByText(this.#parts.text, FIELDS[key], { shorterFirst: key === 'rowId' });
    this.#making.set(key, making);
    const step = making.next();
    if (step.done !== true) return null;
    this.#making.delete(key);
    this.#lasting.set(key, step.value);
    return step.value;
  }
}

function byFact(columns: RowColumns, key: 'youtube' | 'drive' | 'attemptedAt'): Uint32Array {
  return key === 'attemptedAt' ? sortByNumber(columns.attemptedAt) : sortByCode(columns.statuses[key]);
}

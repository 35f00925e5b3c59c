import type { RowColumns } from './columns.ts';
import { FIELDS, type TableParts } from './build-table.ts';
import { type SortKey, sortByCode, sortByNumber } from './query.ts';
import { sortByText } from './sort-by-text.ts';

/** Orders of all rows, made when they are first asked for: four bytes a row each. Those by texts stay, the others change with the statuses. */
export class RowOrders {
  readonly #parts: TableParts;
  readonly #lasting = new Map<SortKey, Uint32Array>();
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
        return this.#byText(key);
      default:
        if (this.#passing?.key !== key || this.#passing.version !== version)
          this.#passing = { key, version, order: byFact(columns, key) };
        return this.#passing.order;
    }
  }

  #byText(key: 'rowId' | 'name' | 'type'): Uint32Array {
    const known = this.#lasting.get(key);
    if (known !== undefined) return known;
    const order = sortByText(this.#parts.text, FIELDS[key], { shorterFirst: key === 'rowId' });
    this.#lasting.set(key, order);
    return order;
  }
}

function byFact(columns: RowColumns, key: 'youtube' | 'drive' | 'attemptedAt'): Uint32Array {
  return key === 'attemptedAt' ? sortByNumber(columns.attemptedAt) : sortByCode(columns.statuses[key]);
}

import type { RowsPage, RowSummary } from '../../contract.ts';

/** Rows asked for at once. */
export const PAGE_ROWS = 100;
/** Pages fetched beyond what is seen, in each direction. */
const AHEAD = 2;
/** Pages kept; the ones used longest ago go first. */
const KEPT = 60;
const AT_ONCE = 3;

interface Page {
  readonly rows: readonly RowSummary[];
  /** Of the index: an older page is shown until it was asked for again. */
  readonly version: number;
  usedAt: number;
}

/** The rows of one query as far as they are known. */
interface Found {
  readonly key: string;
  total: number | null;
  readonly pages: Map<number, Page>;
}

export interface RowPagesOptions {
  /** Asks for `PAGE_ROWS` rows of a query from an offset on. */
  readonly load: (key: string, offset: number, signal: AbortSignal) => Promise<RowsPage>;
  /** Something that `row`, `total` or `trouble` tells is another. */
  readonly onChange: () => void;
}

/**
 * The rows that a table shows, fetched in pages around what is seen. What is known of a query stays shown until the first
 * page of another one is there. At most three requests are under way; what is seen goes before what may be seen next.
 */
export class RowPages {
  readonly #options: RowPagesOptions;
  #shown: Found | null = null;
  #wanted: Found | null = null;
  #seen = { first: 0, last: 0 };
  #version = 0;
  #uses = 0;
  #underWay = new Map<number, AbortController>();
  #trouble: unknown = null;

  constructor(options: RowPagesOptions) {
    this.#options = options;
  }

  /** Rows that match the query that is shown; null before the first answer. */
  get total(): number | null {
    return this.#shown?.total ?? null;
  }

  /** The query whose rows are shown; another one than the one asked for while its first page is on its way. */
  get shownKey(): string | null {
    return this.#shown?.key ?? null;
  }

  /** Why the last request failed; null since one was answered. */
  get trouble(): unknown {
    return this.#trouble;
  }

  row(index: number): RowSummary | undefined {
    const page = this.#shown?.pages.get(Math.floor(index / PAGE_ROWS));
    return page?.rows[index % PAGE_ROWS];
  }

  /** Whether each row from `first` to `last` is known. */
  has(first: number, last: number): boolean {
    for (let page = pageOf(first); page <= pageOf(last); page += 1)
      if (this.#shown?.pages.has(page) !== true) return false;
    return true;
  }

  /** Another query: requests of the one before are given up. */
  ask(key: string, version: number): void {
    this.#abort();
    this.#version = version;
    this.#trouble = null;
    this.#seen = { first: 0, last: 0 };
    this.#wanted = { key, total: null, pages: new Map() };
    this.#next();
  }

  /** What is seen now, in rows. */
  see(first: number, last: number): void {
    this.#seen = { first, last };
    this.#next();
  }

  /** The index has another version: what is seen is asked for again, and shown until then. */
  renew(version: number): void {
    this.#version = version;
    this.#next();
  }

  /** Asks again after trouble. */
  again(): void {
    this.#trouble = null;
    this.#options.onChange();
    this.#next();
  }

  end(): void {
    this.#abort();
    this.#wanted = null;
    this.#shown = null;
  }

  #abort(): void {
    for (const request of this.#underWay.values()) request.abort();
    this.#underWay = new Map();
  }

  #next(): void {
    const found = this.#wanted;
    if (found === null || this.#trouble !== null) return;
    for (const page of this.#order(found)) {
      if (this.#underWay.size >= AT_ONCE) return;
      if (!this.#underWay.has(page)) void this.#fetch(found, page);
    }
  }

  /** The pages to ask for, the ones that are seen first. */
  #order(found: Found): number[] {
    const from = pageOf(this.#seen.first);
    const to = pageOf(Math.max(this.#seen.first, this.#seen.last));
    const lastPage = found.total === null ? 0 : Math.max(0, pageOf(found.total - 1));
    const order: number[] = [];
    for (let page = from; page <= to; page += 1) order.push(page);
    for (let step = 1; step <= AHEAD; step += 1) order.push(to + step, from - step);
    return order.filter((page) => {
      if (page < 0 || page > lastPage) return false;
      const known = found.pages.get(page);
      if (known === undefined) return true;
      known.usedAt = this.#uses += 1;
      return known.version < this.#version && page >= from && page <= to;
    });
  }

  async #fetch(found: Found, page: number): Promise<void> {
    const request = new AbortController();
    this.#underWay.set(page, request);
    const asked = this.#version;
    try {
      const answer = await this.#options.load(found.key, page * PAGE_ROWS, request.signal);
      if (request.signal.aborted) return;
      this.#underWay.delete(page);
      this.#take(found, page, answer, Math.max(asked, answer.version));
    } catch (error) {
      if (request.signal.aborted) return;
      this.#underWay.delete(page);
      this.#trouble = error;
      this.#options.onChange();
      return;
    }
    this.#next();
  }

  #take(found: Found, page: number, { rows, total }: RowsPage, version: number): void {
    found.pages.set(page, { rows, version, usedAt: (this.#uses += 1) });
    if (found.total !== total) {
      found.total = total;
      for (const known of found.pages.keys())
        if (known > pageOf(Math.max(0, total - 1))) found.pages.delete(known);
    }
    this.#trouble = null;
    this.#shown = found;
    if (found.pages.size > KEPT) {
      const byUse = [...found.pages].toSorted(([, a], [, b]) => a.usedAt - b.usedAt);
      for (const [old] of byUse.slice(0, found.pages.size - KEPT)) found.pages.delete(old);
    }
    this.#options.onChange();
  }
}

function pageOf(row: number): number {
  return Math.floor(row / PAGE_ROWS);
}

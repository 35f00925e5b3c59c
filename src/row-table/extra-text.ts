import { TextBlob } from './text-blob.ts';

/** Names of files that arrived since the table was made: the CSV's own texts are read only once. */
export class ExtraText implements Disposable {
  readonly #blob = new TextBlob(0);
  /** The row of each text. */
  readonly #rows: number[] = [];

  get count(): number {
    return this.#rows.length;
  }

  [Symbol.dispose](): void {
    this.#blob[Symbol.dispose]();
  }

  add(row: number, files: readonly string[]): void {
    if (files.length === 0) return;
    this.#rows.push(row);
    this.#blob.beginRow(1);
    this.#blob.addText(files.join(' '));
    this.#blob.endRow();
  }

  /** As {@link TextBlob.search}: a row may have several texts here. @param marks of all rows */
  search(words: readonly string[], marks: Uint8Array): void {
    const own = new Uint8Array(this.#rows.length);
    this.#blob.search(words, own, { isAllOrNothing: false });
    for (const [at, row] of this.#rows.entries()) marks[row] = (marks[row] ?? 0) | (own[at] ?? 0);
  }
}

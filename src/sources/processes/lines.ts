import { StringDecoder } from 'node:string_decoder';

/** Characters of one line that are kept; what a line has beyond is dropped, so that no output can fill the memory. */
const MAX_LINE = 256 * 1024;

/**
 * Cuts a stream of UTF-8 into lines, without carriage returns. `end` delivers a last line without a line end.
 * @param longest characters of one line that are kept
 */
export function lineSplitter(
  onLine: (line: string) => void,
  longest: number = MAX_LINE,
): { push(chunk: Buffer): void; end(): void } {
  const decoder = new StringDecoder('utf8');
  let line = '';
  const add = (text: string) => {
    if (line.length < longest) line += text.slice(0, longest - line.length);
  };
  return {
    push(chunk) {
      const parts = decoder.write(chunk).split('\n');
      parts.forEach((part, index) => {
        add(part);
        if (index === parts.length - 1) return;
        onLine(line.replaceAll('\r', ''));
        line = '';
      });
    },
    end() {
      add(decoder.end());
      if (line !== '') onLine(line.replaceAll('\r', ''));
      line = '';
    },
  };
}

/** Keeps the first and the last lines of an output of any length. */
export class LineLog {
  readonly #first: string[] = [];
  readonly #last: string[] = [];
  readonly #each: number;
  readonly #maxLength: number;

  constructor({
    each = 100,
    maxLength = 2000,
  }: { readonly each?: number; readonly maxLength?: number } = {}) {
    this.#each = each;
    this.#maxLength = maxLength;
  }

  add(line: string): void {
    const kept = line.slice(0, this.#maxLength);
    if (this.#first.length < this.#each) {
      this.#first.push(kept);
      return;
    }
    this.#last.push(kept);
    if (this.#last.length > this.#each) this.#last.shift();
  }

  get lines(): readonly string[] {
    return [...this.#first, ...this.#last];
  }
}

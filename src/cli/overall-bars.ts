import type { MultiBar, SingleBar } from 'cli-progress';
import type { DownloadType, HostPause, Plan, RunTotals } from '../index.ts';
import { pausedUntil } from './render/pauses.ts';
import { TYPE_NAMES } from './render/words.ts';
import { totalsText } from './totals-text.ts';

const SOURCES = ['youtube', 'drive'] as const;

/** Cuts a label or a text to the room there is for it. */
export interface Room {
  readonly label: (text: string) => string;
  readonly text: (text: string) => string;
  readonly line: (text: string) => string;
}

/** The bars of a whole run, one of each source where it has two, and a line for each paused host as long as it is paused. */
export class OverallBars {
  readonly #bars: MultiBar;
  readonly #room: Room;
  readonly #pauses = new Map<string, SingleBar>();
  readonly #sources: { readonly type: DownloadType; readonly bar: SingleBar }[] = [];
  #overall: SingleBar | null = null;

  constructor(bars: MultiBar, room: Room) {
    this.#bars = bars;
    this.#room = room;
  }

  /** Lines of the terminal that they take. */
  get lines(): number {
    return this.#pauses.size + this.#sources.length + (this.#overall === null ? 0 : 1);
  }

  begin(plan: Plan): void {
    const due = (type: DownloadType) => plan[type].toFetch + plan[type].malformed;
    const total = due('youtube') + due('drive');
    if (total === 0) return;
    const add = (name: string, count: number) =>
      this.#bars.create(count, 0, { label: this.#room.label(name), text: `0/${count}` });
    this.#overall = add('downloads', total);
    if (SOURCES.every((type) => due(type) > 0))
      for (const type of SOURCES) this.#sources.push({ type, bar: add(`  ${TYPE_NAMES[type]}`, due(type)) });
  }

  update(totals: RunTotals): void {
    this.#overall?.update(totals.done, { text: this.#room.text(totalsText(totals)) });
    for (const { type, bar } of this.#sources)
      bar.update(totals.sources[type].done, { text: this.#room.text(totalsText(totals.sources[type])) });
  }

  pause(pause: HostPause): void {
    const then = pause.waits ? 'the run waits' : 'its rows stay pending';
    const text = this.#room.line(`${pausedUntil(pause)}: ${then}`);
    const shown = this.#pauses.get(pause.host);
    if (shown !== undefined) shown.update(0, { text });
    else this.#pauses.set(pause.host, this.#bars.create(1, 0, { text }, { format: '{text}' }));
  }

  resume(host: string): void {
    const shown = this.#pauses.get(host);
    if (shown !== undefined) this.#bars.remove(shown);
    this.#pauses.delete(host);
  }
}

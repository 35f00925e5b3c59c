import { RowtrailError } from '../../../errors/index.ts';
import { drop, type OpenedFile } from '../open-file.ts';
import { isSameContent, type ResponseFacts } from '../http/response-facts.ts';
import { broughtNothing, connectionsWanted, type Speed } from './growth.ts';
import { type HostRoom, roomAt } from './host-room.ts';
import type { Part } from './part.ts';
import { gapsOf } from './ranges.ts';
import { receiveStretch } from './receive-stretch.ts';
import { type Open, openRange, relationOf } from './resume.ts';
import { type Stretch, Stretches } from './stretches.ts';

/** For so long a speed is measured before it is judged. */
const WINDOW_MS = 80;

/** Whether a file may come over several connections: in one transfer, until its host answers one of them with anything else. */
export interface Sharing {
  isAllowed: boolean;
}

export interface CarryOptions {
  readonly part: Part;
  readonly opened: OpenedFile;
  readonly facts: ResponseFacts;
  readonly open: Open;
  readonly sharing: Sharing;
  /** Transfers that the caller allows at one host at once: so many connections may one file have, and 16 in any case. */
  readonly concurrency: number | undefined;
  /** Told how many bytes have arrived altogether. */
  readonly onBytes: (received: number) => void;
  readonly sleep: (ms: number) => Promise<void>;
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number;
}

/**
 * Brings what is missing of a file over the connection that is open, and over more of them while that one is slow and
 * the host gives out ranges. A connection that fails leaves its bytes to the others, as does one whose answer is of
 * another content than the first; the error of the last one fails all.
 * @throws RowtrailError of the disk; the error of the last connection as it is. What arrived is in the part
 */
export async function carry(options: CarryOptions): Promise<void> {
  await new Carrier(options).all();
}

class Carrier {
  readonly #options: CarryOptions;
  readonly #stretches: Stretches;
  readonly #room: HostRoom;
  readonly #answers = new Set<OpenedFile>();
  readonly #running = new Set<Promise<void>>();
  #received: number;
  #opening = 0;
  #canShare: boolean;
  #fatal: unknown = null;
  #lastError: unknown = null;
  #ended = Promise.withResolvers<void>();

  constructor(options: CarryOptions) {
    const { part, facts, opened, sharing, concurrency } = options;
    this.#options = options;
    const size = facts.size ?? Infinity;
    this.#stretches = new Stretches(gapsOf(part.arrived, size));
    this.#received = part.received;
    this.#room = roomAt(new URL(opened.answer.url).host, concurrency);
    // Without something that changes with the content, two answers could be those of two files.
    this.#canShare =
      sharing.isAllowed && facts.size !== null && facts.acceptsRanges && isSameContent(facts, facts);
  }

  async all(): Promise<void> {
    const first = this.#stretches.take();
    if (first === null) return drop(this.#options.opened.answer);
    this.#start(() => this.#connection(this.#options.opened, first));
    // What ends its waiting is the abort, which ends the bodies too.
    this.#grow().catch(() => {});
    await this.#ended.promise;
    if (this.#fatal !== null) throw this.#fatal;
    if (this.#stretches.missing > 0)
      throw this.#lastError ?? new RowtrailError('short_body', 'The transfer was cut short');
  }

  #start(work: () => Promise<void>): void {
    this.#room.enter();
    const running = work()
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.#room.leave();
        this.#running.delete(running);
        if (this.#running.size === 0) this.#ended.resolve();
      });
    this.#running.add(running);
  }

  /** One connection: its stretch, then whatever is left to take over. */
  async #connection(opened: OpenedFile, first: Stretch): Promise<void> {
    let answer: OpenedFile | null = opened;
    for (let stretch: Stretch | null = first; stretch !== null; stretch = this.#next()) {
      try {
        answer ??= await this.#open(stretch);
        if (answer === null) return;
        await this.#receive(answer, stretch);
        answer = null;
      } finally {
        this.#stretches.leave(stretch);
      }
    }
  }

  #next(): Stretch | null {
    return this.#fatal === null && this.#canShare ? this.#stretches.take() : null;
  }

  async #receive(opened: OpenedFile, stretch: Stretch): Promise<void> {
    const { part, onBytes } = this.#options;
    const { answer, facts } = opened;
    const bodyEnd = facts?.end ?? Infinity;
    this.#answers.add(opened);
    try {
      const hasEnded = await receiveStretch(answer.body, stretch, bodyEnd, part, (bytes) => {
        this.#received += bytes;
        onBytes(this.#received);
      });
      // A body without a known end ends where it ends.
      if (this.#options.facts.size === null) stretch.end = stretch.at;
      else if (hasEnded && stretch.at < Math.min(stretch.end, bodyEnd))
        throw new RowtrailError('short_body', 'The transfer was cut short');
    } finally {
      this.#answers.delete(opened);
      drop(answer);
    }
  }

  /** A further answer for these bytes of the same file; null when the host gives none, and others go on without it. */
  async #open(stretch: Stretch): Promise<OpenedFile | null> {
    const { part, facts, sharing } = this.#options;
    await part.split();
    const opened = await this.#asked(stretch);
    if (opened === null) return null;
    const isAsAsked = relationOf(opened.facts, stretch, facts) === 'continues';
    if (isAsAsked && this.#fatal === null) return opened;
    drop(opened.answer);
    this.#canShare = false;
    // The others' answers are of one content all the same.
    if (!isAsAsked) sharing.isAllowed = false;
    return null;
  }

  async #asked(stretch: Stretch): Promise<OpenedFile | null> {
    const { open, facts } = this.#options;
    try {
      return await openRange(open, facts, stretch);
    } catch (error) {
      // Whatever keeps it from giving out more at once, it is not asked again while others bring the file.
      this.#canShare = false;
      this.#lastError = error;
      return null;
    }
  }

  #failed(error: unknown): void {
    this.#lastError = error;
    // A cut connection is the network's doing; everything else that has a cause by now is the disk's.
    if (error instanceof RowtrailError && error.code !== 'short_body') this.#stop(error);
    else this.#canShare = false;
  }

  #stop(error: unknown): void {
    this.#fatal ??= error;
    for (const { answer } of this.#answers) drop(answer);
  }

  /** Adds connections while that brings speed. */
  async #grow(): Promise<void> {
    const { sleep } = this.#options;
    let before: Speed | null = null;
    while (this.#canShare && this.#running.size > 0) {
      const now = await this.#measured(sleep);
      if (!this.#canShare || broughtNothing(now, before)) return;
      const wanted = connectionsWanted({
        now,
        before,
        missingBytes: this.#stretches.missing,
        most: this.#room.most,
      });
      const grew = this.#add(wanted - now.connections);
      if (grew) before = now;
    }
  }

  #add(count: number): boolean {
    let added = 0;
    for (; added < count; added += 1) {
      const stretch = this.#stretches.take();
      if (stretch === null) break;
      this.#opening += 1;
      this.#start(async () => {
        let opened: OpenedFile | null = null;
        try {
          opened = await this.#open(stretch);
        } finally {
          this.#opening -= 1;
          if (opened === null) this.#stretches.leave(stretch);
        }
        if (opened !== null) await this.#connection(opened, stretch);
      });
    }
    return added > 0;
  }

  /** The speed over one window in which every connection has been answered. */
  async #measured(sleep: (ms: number) => Promise<void>): Promise<Speed> {
    const { clock } = this.#options;
    for (;;) {
      const began = clock();
      const received = this.#received;
      const connections = this.#running.size;
      const wasOpening = this.#opening > 0;
      await sleep(WINDOW_MS);
      if (this.#running.size === 0) return { connections, bytesPerSecond: 0 };
      if (wasOpening || this.#running.size !== connections) continue;
      return { connections, bytesPerSecond: ((this.#received - received) * 1000) / (clock() - began) };
    }
  }
}

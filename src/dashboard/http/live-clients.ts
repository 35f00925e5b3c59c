import type { ServerResponse } from 'node:http';
import type { LiveEvent } from '../contract.ts';

const HEARTBEAT_MS = 15_000;
/** A reader that has taken nothing for so long is asleep: it comes back by itself when it wakes. */
const ASLEEP_MS = 60_000;
/** Pages open at once. */
export const MOST_CLIENTS = 200;

interface Client {
  readonly response: ServerResponse;
  /** What it has not been sent because it is slow: the last event of each kind. */
  readonly waiting: Map<LiveEvent['kind'], string>;
  slowSince: number | null;
}

export interface LiveClientsOptions {
  /** Milliseconds of a clock that never jumps. */
  readonly now?: () => number;
  /** Between two signs of life. */
  readonly heartbeatMs?: number;
}

/**
 * The pages that listen. A slow one costs no more than the last event of each kind: what it missed in between is told by the next one.
 */
export class LiveClients {
  readonly #clients = new Set<Client>();
  readonly #now: () => number;
  readonly #timer: NodeJS.Timeout;

  constructor({ now = () => performance.now(), heartbeatMs = HEARTBEAT_MS }: LiveClientsOptions = {}) {
    this.#now = now;
    this.#timer = setInterval(() => this.#beat(), heartbeatMs).unref();
  }

  get count(): number {
    return this.#clients.size;
  }

  /** Begins to tell a page. @param first what it gets at once */
  add(response: ServerResponse, first: readonly LiveEvent[]): void {
    const client: Client = { response, waiting: new Map(), slowSince: null };
    this.#clients.add(client);
    response.on('close', () => this.#clients.delete(client));
    response.on('error', () => this.#clients.delete(client));
    response.on('drain', () => this.#flush(client));
    this.#write(client, 'retry: 2000\n\n');
    for (const event of first) this.#give(client, event.kind, textOf(event));
  }

  tell(event: LiveEvent): void {
    if (this.#clients.size === 0) return;
    const text = textOf(event);
    for (const client of this.#clients) this.#give(client, event.kind, text);
  }

  close(): void {
    clearInterval(this.#timer);
    for (const { response } of this.#clients) response.destroy();
    this.#clients.clear();
  }

  #give(client: Client, kind: LiveEvent['kind'], text: string): void {
    if (client.slowSince === null) this.#write(client, text);
    else client.waiting.set(kind, text);
  }

  #write(client: Client, text: string): void {
    if (!client.response.write(text)) client.slowSince ??= this.#now();
  }

  #flush(client: Client): void {
    client.slowSince = null;
    for (const [kind, text] of client.waiting) {
      client.waiting.delete(kind);
      this.#write(client, text);
      if (client.slowSince !== null) return;
    }
  }

  #beat(): void {
    for (const client of this.#clients) {
      if (client.slowSince === null) this.#write(client, 'event: beat\ndata: {}\n\n');
      else if (this.#now() - client.slowSince > ASLEEP_MS) client.response.destroy();
    }
  }
}

function textOf({ kind, ...rest }: LiveEvent): string {
  return `event: ${kind}\ndata: ${JSON.stringify(rest)}\n\n`;
}

import type { ServerResponse } from 'node:http';
import type { ApiError, IndexState, LiveEvent, Overview, RunState } from '../contract.ts';
import { DataClient } from '../data/data-client.ts';
import { plain } from '../data/plain.ts';
import type { News, OfficeOptions } from '../data/protocol.ts';
import { LiveClients } from './live-clients.ts';
import { RunChild, type RunCommand } from './run-child.ts';

/** A run that was started shows within this time, or has ended. */
const START_MS = 10_000;
const LOOK_MS = 100;

/** What the routes stand on: the thread with the data, the pages that listen, and the run that was started here. */
export class Desk {
  readonly data: DataClient;
  readonly live = new LiveClients();
  readonly #run: RunChild;
  readonly #first = Promise.withResolvers<void>();
  #overview: Overview | null = null;
  #index: IndexState = { state: 'building', fraction: 0 };
  #gone: ApiError['error'] | null = null;

  constructor(options: OfficeOptions, run: RunCommand) {
    this.#run = new RunChild(run);
    this.data = new DataClient(options, (news) => this.#hear(news));
  }

  async begin(): Promise<void> {
    await this.data.call('begin');
  }

  async overview(): Promise<Overview> {
    await this.#first.promise;
    if (this.#overview === null) throw new Error('there is no overview yet');
    return this.#seen(this.#overview);
  }

  health(): { readonly status: 'ok' | 'csv_missing'; readonly index: IndexState['state'] } {
    return { status: this.#gone === null ? 'ok' : 'csv_missing', index: this.#index.state };
  }

  listen(response: ServerResponse): void {
    const first: LiveEvent[] = [];
    if (this.#overview !== null) first.push({ kind: 'overview', overview: this.#seen(this.#overview) });
    else if (this.#gone !== null) first.push({ kind: 'gone', error: this.#gone });
    this.live.add(response, first);
  }

  /** Whether a run goes on that was started here. */
  get hasRun(): boolean {
    return this.#run.isAlive;
  }

  async runState(): Promise<RunState> {
    return this.#ownRun(await this.data.call('runState'));
  }

  async ask(wish: 'pause' | 'resume' | 'stop'): Promise<RunState> {
    return this.#ownRun(await this.data.call('ask', wish));
  }

  /** Starts a run where none goes on, and waits until it shows. */
  async startRun(): Promise<RunState> {
    const before = await this.runState();
    if (before.state !== 'idle') return before;
    this.#run.start();
    const until = performance.now() + START_MS;
    for (;;) {
      await this.#run.endedWithin(LOOK_MS);
      const state = await this.runState();
      if (state.state !== 'idle' || !this.#run.isAlive || performance.now() > until) return state;
    }
  }

  async close(): Promise<void> {
    this.live.close();
    await this.#run.end();
    await this.data.close();
  }

  #hear(news: News): void {
    switch (news.news) {
      case 'overview':
        this.#overview = news.overview;
        this.#gone = null;
        this.#first.resolve();
        this.live.tell({ kind: 'overview', overview: this.#seen(news.overview) });
        break;
      case 'index':
        this.#index = news.index;
        this.live.tell({ kind: 'index', index: news.index });
        break;
      case 'rows':
        this.live.tell({ kind: 'rows', version: news.version });
        break;
      case 'gone':
        this.#gone = news.error;
        this.live.tell({ kind: 'gone', error: news.error });
        break;
    }
  }

  #seen(overview: Overview): Overview {
    return { ...overview, index: this.#index, gone: this.#gone, run: this.#ownRun(overview.run) };
  }

  /** While the run that we started lives, no other one can work on the CSV. */
  #ownRun(run: RunState): RunState {
    if (run.state !== 'idle') return { ...run, own: this.#run.isAlive };
    const words = this.#run.lastWords;
    if (run.lastRun?.exit !== 'error' || run.lastRun.message !== null || words === '') return run;
    return { ...run, lastRun: { ...run.lastRun, message: plain(words) } };
  }
}

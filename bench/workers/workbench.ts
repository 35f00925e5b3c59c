import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { CsvStore, type StoredCsv } from '../../src/ledger/index.ts';
import { type DownloadJob, openQueue, type Queue } from '../../src/queue/index.ts';
import { ownPostgres } from '../../test/support/postgres-process.ts';
import { probeCommand } from '../support/probe-command.ts';
import { runChild, type Samples } from '../support/run-child.ts';
import { sampleRow } from '../tracker/sample-csv.ts';
import type { Task } from './task.ts';

/** Jobs that are enqueued at once. */
const JOBS_AT_ONCE = 1000;

/** A fresh PostgreSQL as it comes, with one CSV entered and its queue open. Dispose of it afterwards. */
export async function freshStore(probe: string) {
  const postgres = await ownPostgres([]);
  const store = await CsvStore.open(postgres.url);
  const csv = await store.enter({ key: randomUUID(), name: 'people.csv', place: 'bench' });
  const queue = await openQueue(store.connections);
  return new FreshStore(probe, postgres.url, store, csv, queue, postgres.remove);
}

class FreshStore implements AsyncDisposable {
  readonly #probe: string;
  readonly #url: string;
  readonly #store: CsvStore;
  readonly #csv: StoredCsv;
  readonly #queue: Queue;
  readonly #remove: () => Promise<void>;

  constructor(
    probe: string,
    url: string,
    store: CsvStore,
    csv: StoredCsv,
    queue: Queue,
    remove: () => Promise<void>,
  ) {
    this.#probe = probe;
    this.#url = url;
    this.#store = store;
    this.#csv = csv;
    this.#queue = queue;
    this.#remove = remove;
  }

  /** Runs a probe in a process of its own. */
  run(name: string, task: Partial<Task>): Promise<Samples> {
    return runChild(this.#command(name, task));
  }

  /**
   * Runs several processes of a probe that wait for each other after their start.
   * @returns their samples, and the seconds from there to the end of the last
   */
  async runTogether(name: string, count: number, task: Partial<Task>) {
    const [program, ...args] = this.#command(name, task);
    const children = Array.from({ length: count }, () =>
      spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] }),
    );
    const ended = children.map(async (child) => {
      const [said, complaint] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'close'),
      ]);
      if (child.exitCode !== 0)
        throw new Error(`${name} failed (${child.signalCode ?? child.exitCode}):\n${complaint}`);
      return JSON.parse(said) as Samples;
    });
    await Promise.race([Promise.all(children.map((child) => once(child.stderr, 'data'))), ...ended]);
    const start = performance.now();
    for (const child of children) child.stdin.write('go\n');
    const samples = await Promise.all(ended);
    return { samples, seconds: (performance.now() - start) / 1000 };
  }

  /** Enqueues a job for each of the first rows of the sample CSV. */
  async enqueue(count: number): Promise<void> {
    const job = (index: number): DownloadJob => {
      const { context, youtube } = sampleRow(index);
      const { rowId, rowIndex, type, name, email } = context;
      const row = { rowId, rowIndex, line: index + 2, type, name, email };
      return { csv: this.#csv.key, row, downloadType: 'youtube', link: youtube, runId: 'bench' };
    };
    for (let from = 0; from < count; from += JOBS_AT_ONCE) {
      const length = Math.min(JOBS_AT_ONCE, count - from);
      await this.#queue.enqueue(Array.from({ length }, (_, n) => job(from + n)));
    }
  }

  /** Jobs that are not over. */
  async jobsLeft(): Promise<number> {
    const { waiting, delayed, active, dead } = await this.#queue.counts();
    return waiting + delayed + active + dead;
  }

  /** Attempts that the ledger holds. */
  async attempts(): Promise<number> {
    const [{ attempts = 0 } = {}] = await this.#store.connections.rows<{ readonly attempts: number }>(
      'SELECT count(*) AS attempts FROM rowtrail.attempt',
    );
    return attempts;
  }

  /** Bytes of all tables of a schema, with their indexes. */
  async bytesOf(schema: string): Promise<number> {
    const [{ bytes = 0 } = {}] = await this.#store.connections.rows<{ readonly bytes: number }>(
      `SELECT sum(pg_total_relation_size(c.oid))::bigint AS bytes
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind = 'r'`,
      [schema],
    );
    return bytes;
  }

  async version(): Promise<string> {
    const [{ version = '' } = {}] = await this.#store.connections.rows<{ readonly version: string }>(
      "SELECT split_part(current_setting('server_version'), ' ', 1) AS version",
    );
    return version;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#queue.close();
    await this.#store.close();
    await this.#remove();
  }

  #command(name: string, task: Partial<Task>) {
    return probeCommand(this.#probe, [name, this.#taskOf(task)]);
  }

  #taskOf(task: Partial<Task>): string {
    const whole: Task = { store: this.#url, key: this.#csv.key, csv: '', count: 0, concurrency: 1, ...task };
    return JSON.stringify(whole);
  }
}

export type { FreshStore };

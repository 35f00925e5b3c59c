import { createHash } from 'node:crypto';
import { closeSync, fdatasync, fsync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { Agent, type Dispatcher } from 'undici';

/**
 * The least that Node and undici take for small files that keep what we promise of each: hashed while it is in memory, written with a
 * sidecar in a staging folder, both synced and renamed, their folder synced, then a row in a ledger, committed with a sync. A thread puts away, one
 * records, each takes what came meanwhile in one go. It plans, proves, names, resumes, retries, logs and shows nothing, and keeps no CSV.
 *
 * usage: limit-promises.js LIST FOLDER AT_ONCE
 */

/** As many are put away and recorded besides, for each that is fetched. */
const BEHIND = 2;

interface Arrived {
  readonly name: string;
  readonly address: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly sha256: string;
}

type Recorded = Omit<Arrived, 'bytes'> & { readonly size: number };

/** A thread that is given what came in one turn, and answers with the names of what it has done. */
class Desk<Work extends { readonly name: string }> {
  readonly #worker: Worker;
  readonly #waiting = new Map<string, () => void>();
  #outbox: Work[] = [];
  #moved: ArrayBuffer[] = [];

  constructor(kind: string, folder: string) {
    this.#worker = new Worker(new URL(import.meta.url), { workerData: { kind, folder } });
    this.#worker.on('message', (names: readonly string[]) => {
      for (const name of names) {
        this.#waiting.get(name)?.();
        this.#waiting.delete(name);
      }
    });
  }

  give(work: Work, moved: readonly ArrayBuffer[] = []): Promise<void> {
    if (this.#outbox.length === 0)
      setImmediate(() => {
        this.#worker.postMessage(this.#outbox, this.#moved);
        this.#outbox = [];
        this.#moved = [];
      });
    this.#outbox.push(work);
    this.#moved.push(...moved);
    return new Promise((resolve) => this.#waiting.set(work.name, resolve));
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}

function fetchBody(agent: Agent, address: string): Promise<Uint8Array<ArrayBuffer>> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array<ArrayBuffer>>();
  let body = new Uint8Array(0);
  let at = 0;
  const { origin, pathname } = new URL(address);
  const handler: Dispatcher.DispatchHandler = {
    onRequestStart: () => {},
    onResponseStart: (_, _status, headers) => {
      body = new Uint8Array(Number(headers['content-length']));
    },
    onResponseData: (_, chunk) => {
      body.set(chunk, at);
      at += chunk.length;
    },
    onResponseEnd: () => resolve(body),
    onResponseError: (_, error) => reject(error),
  };
  agent.dispatch({ origin, path: pathname, method: 'GET' }, handler);
  return promise;
}

async function fetchAll(list: string, folder: string, atOnce: number): Promise<void> {
  const addresses = (await readFile(list, 'utf8')).trim().split('\n');
  const agent = new Agent({ allowH2: false });
  const storing = new Desk<Arrived>('store', folder);
  const ledger = new Desk<Recorded>('record', folder);
  const behind = new Set<Promise<void>>();
  const keep = async (arrived: Arrived) => {
    const { name, address, sha256, bytes } = arrived;
    const size = bytes.length;
    await storing.give(arrived, [bytes.buffer]);
    await ledger.give({ name, address, sha256, size });
  };
  let taken = 0;
  const work = async () => {
    for (let address = addresses[taken++]; address !== undefined; address = addresses[taken++]) {
      const bytes = await fetchBody(agent, address);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const kept = keep({ name: basename(address), address, bytes, sha256 }).finally(() =>
        behind.delete(kept),
      );
      behind.add(kept);
      while (behind.size > atOnce * BEHIND) await Promise.race(behind);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  await Promise.all(behind);
  await agent.close();
  await Promise.all([storing.end(), ledger.end()]);
}

/** The thread that puts away. */
function store(folder: string): void {
  const datasync = promisify(fdatasync);
  const sync = promisify(fsync);
  const staging = join(folder, '.staging');
  mkdirSync(staging);
  let last = 0;
  const write = async (content: Uint8Array): Promise<string> => {
    const path = join(staging, String((last += 1)));
    const file = openSync(path, 'w');
    for (let at = 0; at < content.length;) at += writeSync(file, content, at);
    await datasync(file);
    closeSync(file);
    return path;
  };
  let named: string[] = [];
  let isSyncing = false;
  const settle = async () => {
    isSyncing = true;
    while (named.length > 0) {
      const names = named;
      named = [];
      const place = openSync(folder, 'r');
      await sync(place);
      closeSync(place);
      parentPort?.postMessage(names);
    }
    isSyncing = false;
  };
  const keep = async ({ name, address, bytes, sha256 }: Arrived) => {
    const sidecar = { name, address, size: bytes.length, sha256, row: name, told: ' '.repeat(500) };
    const [file, beside] = await Promise.all([write(bytes), write(Buffer.from(JSON.stringify(sidecar)))]);
    renameSync(beside, join(folder, `${name}_metadata.json`));
    renameSync(file, join(folder, name));
    named.push(name);
    if (!isSyncing) void settle();
  };
  parentPort?.on('message', (arrived: readonly Arrived[]) => {
    for (const one of arrived) void keep(one);
  });
}

/** The thread that records. */
function record(folder: string): void {
  const db = new Database(join(folder, '..', 'ledger.sqlite'));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec('CREATE TABLE file (name TEXT PRIMARY KEY, address TEXT, sha256 TEXT, size INTEGER) STRICT');
  const insert = db.prepare('INSERT INTO file VALUES (?, ?, ?, ?)');
  const all = db.transaction((rows: readonly Recorded[]) => {
    for (const { name, address, sha256, size } of rows) insert.run(name, address, sha256, size);
  });
  parentPort?.on('message', (rows: readonly Recorded[]) => {
    all(rows);
    parentPort?.postMessage(rows.map(({ name }) => name));
  });
}

if (isMainThread) {
  const [list = '', folder = '', atOnce = ''] = process.argv.slice(2);
  await fetchAll(list, folder, Number(atOnce));
} else {
  const { kind, folder } = workerData as { readonly kind: string; readonly folder: string };
  if (kind === 'store') store(folder);
  else record(folder);
}

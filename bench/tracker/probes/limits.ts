import { type FileHandle, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { timed } from '../../support/event-loop.ts';
import type { Probe } from '../task.ts';

const BLOCK_BYTES = 1024 * 1024;
const LINE = Buffer.alloc(200, 'x');
const INSERTS_PER_COMMIT = 500;
const TRIES = 3;
const LINE_END = 0x0a;

/**
 * What this machine can do at all, without any of our code: the figures that ours are held against.
 */
export const limits: Probe = async ({ csv, folder, count }) => {
  const appendMs = await appends(join(folder, 'appended'), count);
  const database = new Database(join(folder, 'limits.db'));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec('CREATE TABLE result (row_id TEXT PRIMARY KEY, body TEXT)');
  database.exec(
    'CREATE TABLE part (row_id TEXT, position INTEGER, body TEXT, PRIMARY KEY (row_id, position))',
  );
  const commitMs = commits(database, count);
  const resultsPerSecond = inserts(database, count * 40);
  database.close();

  const replaceMs: number[] = [];
  const byteScanMs: number[] = [];
  for (let tries = 0; tries < TRIES; tries++) {
    replaceMs.push(await timed(() => replace(csv, join(folder, 'replaced'))));
    byteScanMs.push(await scanBytes(csv));
  }
  return { appendMs, commitMs, resultsPerSecond: [resultsPerSecond], replaceMs, byteScanMs };
};

/** A line appended and made durable. */
async function appends(path: string, count: number): Promise<number[]> {
  const handle = await open(path, 'a');
  const samples: number[] = [];
  for (let done = 0; done < count; done++) {
    samples.push(
      await timed(async () => {
        await handle.write(LINE);
        await handle.datasync();
      }),
    );
  }
  await handle.close();
  return samples;
}

/** A commit of one small row. */
function commits(database: Database.Database, count: number): number[] {
  const insert = database.prepare('INSERT INTO result VALUES (?, ?)');
  return Array.from({ length: count }, (_, done) => {
    const start = performance.now();
    insert.run(`single ${done}`, 'completed');
    return performance.now() - start;
  });
}

/** Four small rows a result (status, attempt, item, file), hundreds of results a commit, in this very thread. */
function inserts(database: Database.Database, count: number): number {
  const result = database.prepare('INSERT INTO result VALUES (?, ?)');
  const part = database.prepare('INSERT INTO part VALUES (?, ?, ?)');
  const batch = database.transaction((from: number) => {
    for (let done = from; done < from + INSERTS_PER_COMMIT; done++) {
      result.run(String(done), 'completed');
      for (let position = 0; position < 3; position++) part.run(String(done), position, LINE.toString());
    }
  });
  const start = performance.now();
  for (let done = 0; done < count; done += INSERTS_PER_COMMIT) batch(done);
  return (count * 1000) / (performance.now() - start);
}

/** A byte copy put in another file's place: read, write, fsync, rename. */
async function replace(from: string, to: string): Promise<void> {
  const source = await open(from, 'r');
  const target = await open(`${to}.tmp`, 'w');
  await copy(source, target);
  await target.sync();
  await rename(`${to}.tmp`, to);
  await target.close();
  await source.close();
}

async function copy(source: FileHandle, target: FileHandle): Promise<void> {
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  for (;;) {
    const { bytesRead } = await source.read(block, 0, block.length, null);
    if (bytesRead === 0) return;
    await target.write(block, 0, bytesRead);
  }
}

/** A loop that looks at every byte once and does nothing with it. */
async function scanBytes(path: string): Promise<number> {
  const bytes = await readFile(path);
  const start = performance.now();
  let lines = 0;
  for (let at = 0; at < bytes.length; at++) if (bytes[at] === LINE_END) lines++;
  if (lines === 0) throw new Error('the file has no lines');
  return performance.now() - start;
}

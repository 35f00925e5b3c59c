import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { findPostgres, NO_POSTGRES } from '../../scripts/repository/postgres.js';

const WARDEN = fileURLToPath(new URL('postgres-warden.js', import.meta.url));

/** A PostgreSQL of a test file's own, on a free port of this machine. */
export interface TestPostgres {
  readonly url: string;
  /** Ends it at once, as when it crashes. */
  stop(): Promise<void>;
  /** Resolves when it answers again. */
  start(): Promise<void>;
}

/**
 * Starts a PostgreSQL for this test file, as a user that is not root; it ends with its data after the file's tests, and when their process
 * ends in any other way. Whatever a test keeps there is forgotten afterwards, so nothing is synced.
 * @throws where this machine has none: a machine without it shows no test as passed
 */
export async function startPostgres(settings: readonly string[] = ['fsync=off']): Promise<TestPostgres> {
  const programs = findPostgres(process.env);
  if (programs === null) throw new Error(NO_POSTGRES);
  const warden = spawn(process.execPath, [WARDEN, programs, ...settings], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => warden.once('exit', () => resolve()));
  const waiting: ((line: string) => void)[] = [];
  createInterface({ input: warden.stdout }).on('line', (line) => waiting.shift()?.(line));
  const said = () => {
    const line = new Promise<string>((resolve) => waiting.push(resolve));
    return Promise.race([line, ended.then(() => Promise.reject(new Error('PostgreSQL did not start')))]);
  };
  const tell = (word: string) => {
    const answer = said();
    warden.stdin.write(`${word}\n`);
    return answer;
  };
  afterAll(async () => {
    warden.stdin.end();
    await ended;
  });
  const port = (await said()).split(' ')[1];
  return {
    url: `postgres://rowtrail@127.0.0.1:${port}/postgres`,
    stop: async () => void (await tell('stop')),
    start: async () => void (await tell('start')),
  };
}

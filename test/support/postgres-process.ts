import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { findPostgres, NO_POSTGRES } from '../../scripts/repository/postgres.js';

const WARDEN = fileURLToPath(new URL('postgres-warden.js', import.meta.url));

/** A PostgreSQL of one's own, on a free port of this machine. */
export interface OwnPostgres {
  readonly url: string;
  /** Ends it at once, as when it crashes. */
  stop(): Promise<void>;
  /** Resolves when it answers again. */
  start(): Promise<void>;
  /** Ends it for good, with its data. */
  remove(): Promise<void>;
}

/**
 * Starts a PostgreSQL as a user that is not root; it ends with its data when it is removed, and when this process ends in any way.
 * @param settings of its own, such as `fsync=off`
 * @throws where this machine has none
 */
export async function ownPostgres(settings: readonly string[]): Promise<OwnPostgres> {
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
  const port = (await said()).split(' ')[1];
  return {
    url: `postgres://rowtrail@127.0.0.1:${port}/postgres`,
    stop: async () => void (await tell('stop')),
    start: async () => void (await tell('start')),
    remove: async () => {
      warden.stdin.end();
      await ended;
    },
  };
}

import assert from 'node:assert/strict';
import { watch } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSqliteLedger } from '../../../src/ledger/index.ts';
import { DOWNLOAD_TYPES, type DownloadType } from '../../../src/row/index.ts';
import { Child } from './child.ts';
import { type Report, reportOf, shows } from './outcomes.ts';
import { seeded } from './random.ts';
import { sheetText, type Tracking, trackingOf } from './sheet.ts';

export interface KillOptions {
  /** An empty folder. */
  readonly folder: string;
  readonly kills: number;
  readonly rows: number;
  /** Decides when and how to kill; what the machine does in between it cannot repeat. */
  readonly seed: number;
  readonly onRound?: (round: number) => void;
}

export interface KillStatistics {
  readonly kills: number;
  readonly acknowledged: number;
  /** Kills that left a temporary file, and those after which something recorded had to be made good. */
  readonly temporaryFiles: number;
  readonly madeGood: number;
  /** Milliseconds. */
  readonly longestRecovery: number;
}

/** When a process is killed: some time after it began, or as soon as something is seen to happen in the folder. */
type Moment = 'any' | 'temporary_file' | 'rename' | 'recovery';
const MOMENTS: readonly Moment[] = ['any', 'temporary_file', 'rename', 'any', 'recovery', 'temporary_file'];

/** Reports made at the same time by one process. */
const AT_ONCE = 6;
const NAME = 'people.csv';
const RECOVERY_LIMIT_MS = 60_000;
/** Every so many kills the CSV is a new one, so that adding the columns and making the ledger are killed, too. */
const ROUNDS_A_SHEET = 7;

/**
 * Kills processes that report results, again and again, and looks after each kill.
 * @throws AssertionError when the CSV is not whole, an acknowledged result is lost, something blocks the next process or a
 *   temporary file stays
 */
export async function killAgainAndAgain({
  folder,
  kills,
  rows,
  seed,
  onRound,
}: KillOptions): Promise<KillStatistics> {
  const random = seeded(seed);
  const csv = join(folder, NAME);
  const fresh = sheetText(rows);
  let book = new Book();
  let acknowledged = 0;
  let temporaryFiles = 0;
  let madeGood = 0;
  let longestRecovery = 0;
  const start = (round: number) => new Child('updater.ts', [csv, rows, `s${seed}r${round}`, AT_ONCE]);
  let next = start(0);
  try {
    for (let round = 0; round < kills; round++) {
      onRound?.(round);
      const child = next;
      if (round % ROUNDS_A_SHEET === 0) {
        await rm(join(folder, '.rowtrail'), { recursive: true, force: true });
        await writeFile(csv, fresh);
        book = new Book();
      }
      await child.line('ready');
      // The next one starts meanwhile: most of a round is Node's own beginning.
      next = start(round + 1);
      const moment = MOMENTS[Math.floor(random() * MOMENTS.length)] ?? 'any';
      const delay = random() * (moment === 'any' ? 400 : moment === 'recovery' ? 120 : 4);

      child.say('status');
      if (moment !== 'recovery') {
        await child.line('status', RECOVERY_LIMIT_MS);
        const seen = seenIn(folder, moment);
        child.say('go');
        await seen;
        // Else nothing would be shown on a machine on which a report takes longer than the longest delay.
        if (acknowledged === 0 && moment === 'any') await child.line('ack', RECOVERY_LIMIT_MS);
      }
      await sleep(delay);
      await child.kill();
      assert.equal(child.errors, '', `round ${round} of seed ${seed}`);
      const lost = child.lines.find((line) => line.startsWith('lost ') || line.startsWith('late '));
      assert.equal(lost, undefined, `round ${round} of seed ${seed}: a report failed: ${lost}`);

      acknowledged += book.read(child.lines);
      const where = `round ${round} of seed ${seed}, killed at '${moment}'`;
      const killed = trackingOf(await readFile(csv, 'utf8'), rows);
      book.check(killed, where);
      const left = await temporariesIn(folder);
      if (left.length > 0) temporaryFiles++;

      const began = performance.now();
      const recovery = next;
      await recovery.line('ready');
      recovery.say('status');
      await recovery.line('status', RECOVERY_LIMIT_MS);
      longestRecovery = Math.max(longestRecovery, performance.now() - began);
      recovery.lines.splice(0, Number.POSITIVE_INFINITY, 'ready');
      const recovered = trackingOf(await readFile(csv, 'utf8'), rows);
      book.check(recovered, `${where}, after the next command`);
      book.settle(recovered);
      if (killed.some((cells, n) => cells.join() !== recovered[n]?.join())) madeGood++;
      assert.deepEqual(await temporariesIn(folder), [], `${where}: a temporary file stays`);
    }
  } finally {
    await next.kill();
  }
  await everythingIsProjected(join(folder, '.rowtrail', NAME, 'ledger.db'));
  return { kills, acknowledged, temporaryFiles, madeGood, longestRecovery };
}

/** What the reports of all processes say that the CSV must show. */
class Book {
  readonly #acknowledged = new Map<string, Report>();
  /** Reports after the acknowledged one: each of them may have been recorded before the kill. */
  readonly #tried = new Map<string, Report[]>();

  /** @returns how many reports were acknowledged */
  read(lines: readonly string[]): number {
    let count = 0;
    for (const line of lines) {
      const [word, ...rest] = line.split(' ');
      if (word === 'try') {
        const report = reportOf(rest.join(' '));
        const key = keyOf(report.row, report.type);
        this.#tried.set(key, [...(this.#tried.get(key) ?? []), report]);
      } else if (word === 'ack') {
        const report = reportOf(rest.slice(1).join(' '));
        this.#acknowledged.set(keyOf(report.row, report.type), report);
        this.#tried.delete(keyOf(report.row, report.type));
        count++;
      }
    }
    return count;
  }

  check(tracking: readonly Tracking[], where: string): void {
    for (const [row, cells] of tracking.entries()) {
      for (const type of DOWNLOAD_TYPES) {
        const key = keyOf(row, type);
        const acknowledged = this.#acknowledged.get(key) ?? null;
        const possible = [acknowledged, ...(this.#tried.get(key) ?? [])];
        assert(
          possible.some((report) => shows(cells, report, type)),
          `${where}: row p${row} shows ${JSON.stringify(cells)}, acknowledged was ${JSON.stringify(acknowledged)}`,
        );
      }
    }
  }

  /** What the next command made of it is final: it must not change any more. */
  settle(tracking: readonly Tracking[]): void {
    for (const reports of this.#tried.values()) {
      const shown = reports.findLast(({ row, type }, at) =>
        shows(tracking[row] ?? [], reports[at] ?? null, type),
      );
      if (shown) this.#acknowledged.set(keyOf(shown.row, shown.type), shown);
    }
    this.#tried.clear();
  }
}

function keyOf(row: number, type: DownloadType): string {
  return `${row} ${type}`;
}

/** Resolves when a temporary file appears beside the CSV, or when one takes the CSV's place; at once for other moments. */
async function seenIn(folder: string, moment: Moment): Promise<void> {
  if (moment !== 'temporary_file' && moment !== 'rename') return;
  const isIt = (name: string | null) =>
    moment === 'rename' ? name === NAME : name !== null && name.endsWith('.tmp');
  await new Promise<void>((resolve) => {
    const watcher = watch(folder, (_event, name) => {
      if (!isIt(name)) return;
      watcher.close();
      resolve();
    });
  });
}

async function temporariesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith('.tmp'));
}

async function everythingIsProjected(ledgerPath: string): Promise<void> {
  const ledger = await openSqliteLedger(ledgerPath);
  try {
    assert.deepEqual(await ledger.unprojected(0, 5), []);
  } finally {
    await ledger.close();
  }
}

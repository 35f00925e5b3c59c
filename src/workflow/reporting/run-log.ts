import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AttemptRecord, DownloadState } from '../../ledger/index.ts';
import { CHANGE_LOG, recordedFields } from '../../tracker/index.ts';
import type { Failure, RunEvent } from './events.ts';
import type { Plan, TypePlan } from '../planning/plan-counts.ts';

/** One log a run, JSON lines, beside the ledger. */
export interface RunLog {
  readonly path: string;
  write(event: RunEvent): void;
  /** The line of which a lost ledger is made anew. */
  recorded(attempt: AttemptRecord, state: DownloadState): void;
  close(): Promise<void>;
}

/** Logs kept of one CSV's runs; the oldest go. */
const LOGS_KEPT = 100;

/** Only a run writes a log; the other commands start faster without. */
const loadPino = () => import('pino');

/** Has what writes the log loaded, while other things are waited for. */
export function prepareRunLog(): void {
  // What keeps it from being loaded is told to whoever opens a log.
  loadPino().catch(() => {});
}

export async function openRunLog(folder: string, runId: string): Promise<RunLog> {
  await mkdir(folder, { recursive: true });
  await removeOldLogs(folder);
  const path = join(folder, `${runId}.log`);
  const { pino } = await loadPino();
  const destination = pino.destination({ dest: path, sync: false, mkdir: true });
  const lines = new Lines((text) => void destination.write(text));
  const logger = pino({ base: { run_id: runId }, timestamp: pino.stdTimeFunctions.isoTime }, lines);
  await new Promise<void>((resolve, reject) => {
    destination.once('ready', () => resolve());
    destination.once('error', reject);
  });
  return {
    path,
    write: (event) => {
      const fields = loggedFields(event);
      if (fields !== null) logger.info(fields, event.kind);
    },
    recorded: (attempt, state) => logger.info(recordedFields(attempt, state), 'recorded'),
    close: () =>
      new Promise((resolve) => {
        lines.end();
        destination.once('close', () => resolve());
        destination.end();
      }),
  };
}

/** For so long (ms) lines are gathered: a write for each would cost more than the line, and so would a long text that grows by each. */
const GATHER_MS = 20;

class Lines {
  readonly #pass: (text: string) => void;
  #waiting: string[] = [];
  #ended = false;

  constructor(pass: (text: string) => void) {
    this.#pass = pass;
  }

  write(line: string): void {
    if (this.#ended) return;
    if (this.#waiting.push(line) === 1) setTimeout(() => this.flush(), GATHER_MS).unref();
  }

  flush(): void {
    if (this.#waiting.length === 0) return;
    this.#pass(this.#waiting.join(''));
    this.#waiting = [];
  }

  /** What is told after that is not written any more: it comes while the run is left, and must not end it with an error. */
  end(): void {
    this.flush();
    this.#ended = true;
  }
}

/** Makes room for one more. Their names begin with the time. What changed between runs is no run's log, and stays. */
async function removeOldLogs(folder: string): Promise<void> {
  const logs = (await readdir(folder))
    .filter((name) => name.endsWith('.log') && name !== CHANGE_LOG)
    .toSorted();
  for (const name of logs.slice(0, Math.max(0, logs.length - LOGS_KEPT + 1)))
    await rm(join(folder, name), { force: true });
}

/** What of an event is worth keeping; null for progress, which is for the eye only. Names and e-mails stay in the CSV. */
function loggedFields(event: RunEvent): Record<string, unknown> | null {
  switch (event.kind) {
    case 'progress':
      return null;
    case 'planned':
      return { plan: plannedFields(event.plan), pace: event.pace };
    case 'started':
      return { row_id: event.rowId, download_type: event.downloadType };
    case 'completed':
      return { row_id: event.rowId, download_type: event.downloadType, files: event.result.filesDownloaded };
    case 'failed':
      return failedFields(event.failure);
    case 'retrying':
      return { ...failedFields(event.failure), attempts: event.attempts, retry_in_seconds: event.seconds };
    case 'waiting':
      return { ...failedFields(event.failure), host: event.host };
    case 'paused':
      return {
        host: event.pause.host,
        reason: event.pause.reason,
        cause: event.pause.cause,
        message: event.pause.message,
        next_step: event.pause.nextStep,
        until: event.pause.until.toISOString(),
        waits: event.pause.waits,
      };
    case 'resumed':
      return { host: event.host };
    case 'alert':
      return { message: event.message };
    case 'note':
      return { message: event.message, ...(event.rowId === undefined ? {} : { row_id: event.rowId }) };
  }
}

function failedFields(failure: Failure): Record<string, unknown> {
  const { rowId, downloadType, status, cause, category, message, notBefore } = failure;
  return {
    row_id: rowId,
    download_type: downloadType,
    status,
    cause,
    category,
    message,
    not_before: notBefore,
  };
}

function plannedFields({ totalRows, youtube, drive, waitingUntil, unusable }: Plan): Record<string, unknown> {
  return {
    total_rows: totalRows,
    youtube: countedFields(youtube),
    drive: countedFields(drive),
    waiting_until: waitingUntil,
    unusable,
  };
}

function countedFields(plan: TypePlan): Record<string, number> {
  return {
    no_link: plan.noLink,
    malformed: plan.malformed,
    folder: plan.folder,
    already_here: plan.alreadyHere,
    given_up: plan.givenUp,
    waiting: plan.waiting,
    unusable: plan.unusable,
    skipped: plan.skipped,
    to_fetch: plan.toFetch,
  };
}

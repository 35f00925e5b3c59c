import { RowtrailError } from '../../errors/index.ts';
import { lendTurns, type Turn } from '../../hosts/index.ts';
import type { BeginRecord, BegunDownload, Outcome } from '../../ledger/index.ts';
import { holding, JobLostError, type TakenJob } from '../../queue/index.ts';
import type { DownloadResult } from '../../row/index.ts';
import { attempt } from '../attempt/attempt.ts';
import { hostVerdict } from '../attempt/host-verdict.ts';
import { mainHost } from '../attempt/main-host.ts';
import { nextTry } from '../planning/next-try.ts';
import { DEFAULTS, type WorkflowOptions } from '../options.ts';
import { Places } from '../pacing/places.ts';
import { COMPLETED, isUnreadRefresh } from '../attempt/refresh.ts';
import type { Task } from '../planning/tasks.ts';
import type { CsvDesk } from './csv-desks.ts';
import type { JobLine } from './job-line.ts';
import { jobOptions } from './job-options.ts';
import { jobAfter, taskOf } from './job-task.ts';
import { settle, type Settlement } from './settlement.ts';
import type { WorkerParts } from './worker-parts.ts';

/** So often a download is tried again at once whose host refused it and was open again by then. */
const MOST_REPEATS = 3;
/** A job that is put off comes back after so many seconds at the earliest. */
const LEAST_REST_S = 1;
/** After the store was away for longer than it is waited for (milliseconds). */
const AWAY_REST_MS = 5000;

/** A job whose host gave it a turn; null where it needs none. */
interface BegunJob {
  readonly job: TakenJob;
  readonly desk: CsvDesk;
  readonly task: Task;
  /** The run's and this machine's together. */
  readonly options: WorkflowOptions;
  readonly main: string;
  readonly turn: Turn | null;
}

/** Works off the jobs of a download type. All that it knows of them stands in the job and in the store. */
export class JobWork {
  readonly #parts: WorkerParts;
  readonly #takers: Places;
  /** At each host one waits for its turn, the others behind it. */
  readonly #lines = new Map<string, Places>();

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    this.#takers = new Places(parts.options.concurrency ?? DEFAULTS.concurrency);
  }

  /** One of several that work at the same time. @param stop nothing new begins; what goes on ends with the signal of the options */
  async work(line: JobLine, stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      try {
        const begun = await this.#takers.within(() => this.#begin(line, stop));
        await this.#work(begun);
      } catch (error) {
        if (stop.aborted) return;
        if (error instanceof JobLostError) this.#parts.note(error.message);
        else if (isAway(error)) await this.#rest(error, stop).catch(() => {});
        else throw error;
      }
    }
  }

  async #rest(error: RowtrailError, stop: AbortSignal): Promise<void> {
    this.#parts.note(error.message);
    await this.#parts.clock.sleep(AWAY_REST_MS, stop);
  }

  /** The next job that may be tried. */
  async #begin(line: JobLine, stop: AbortSignal): Promise<BegunJob> {
    for (;;) {
      await this.#parts.whenOpen(stop);
      const job = await line.next(stop);
      try {
        const begun = await this.#atHost(job, stop);
        if (begun !== null) return begun;
        this.#parts.held.end(job);
      } catch (error) {
        await this.#letGo(job, stop.aborted || isAway(error));
        throw error;
      }
    }
  }

  /** @param givesBack where it is nobody's fault; else its lease ends, and it counts as what it may be: a job that ends its workers */
  async #letGo(job: TakenJob, givesBack: boolean): Promise<void> {
    const { held, queue } = this.#parts;
    held.end(job);
    // Where the store is away the lease ends by itself.
    if (givesBack) await queue.giveBack([job]).catch(() => {});
  }

  /** @returns null where it is over: nobody wants it any more, or it waits in the queue for its host */
  async #atHost(job: TakenJob, stop: AbortSignal): Promise<BegunJob | null> {
    const { desks, hosts, held } = this.#parts;
    const desk = await desks.of(job.csv);
    const options: WorkflowOptions = { ...this.#parts.options, ...jobOptions(job).run };
    const task = taskOf(job, options);
    if (desk === null || (await isOvertaken(desk, task, options))) {
      await this.#settle({ job, next: null });
      return null;
    }
    const main = mainHost(task, options);
    const begun = { job, desk, task, options, main };
    if (!task.needsHost) return { ...begun, turn: null };
    const signal = AbortSignal.any([stop, held.lost(job)]);
    const turn = await this.#lineOf(main).within(() =>
      hosts.host(main).enter({ signal, work: job.id, pauses: 'leave' }),
    );
    if (turn !== null) return { ...begun, turn };
    const seconds = await this.#secondsClosed(main);
    await this.#settle({ job, next: { job: jobAfter(job, {}), seconds } });
    return null;
  }

  #settle(part: Settlement): Promise<void> {
    return settle(this.#parts.connections, this.#parts.settling, part);
  }

  #lineOf(host: string): Places {
    const line = this.#lines.get(host) ?? new Places(1);
    this.#lines.set(host, line);
    return line;
  }

  async #secondsClosed(host: string): Promise<number> {
    const { hosts, clock } = this.#parts;
    const pause = await hosts.host(host).pause();
    return Math.max(((pause?.until.getTime() ?? 0) - clock.now()) / 1000, LEAST_REST_S);
  }

  async #work(begun: BegunJob): Promise<void> {
    const { job, turn, options } = begun;
    const { held, note } = this.#parts;
    const lost = held.lost(job);
    try {
      await this.#try(begun, lost);
      held.end(job);
    } catch (error) {
      if (lost.aborted) {
        held.end(job);
        note(new JobLostError([job.id]).message, job.row.rowId);
        return;
      }
      // Where others have its places at the host by now, it is fetched in another turn.
      const isInterrupted = options.signal?.aborted === true || turn?.lost.aborted === true;
      await this.#letGo(job, isInterrupted || isAway(error));
      if (!isInterrupted) throw error;
    } finally {
      await turn?.left().catch(() => {});
    }
  }

  async #try({ job, desk, task, options: given, main, turn }: BegunJob, lost: AbortSignal): Promise<void> {
    const { hosts, board, folders, clock, progress, settling, tell, note, begun, recorded, ended } =
      this.#parts;
    const signals = [given.signal, lost, turn?.lost].filter((signal) => signal !== undefined);
    const options = { ...given, signal: AbortSignal.any(signals) };
    const { rowId } = task.row.context;
    let waitsFor: string | null = null;
    let next: Settlement['next'] = null;
    const judge = async (outcome: Outcome, result: DownloadResult, download: BegunDownload) => {
      const verdict = hostVerdict(result, outcome, main, (host) => board.of(host));
      ({ waitsFor } = verdict);
      if (waitsFor === null && isUnreadRefresh(task, outcome, result)) {
        note(`its list could not be read anew: ${outcome.message ?? ''}`, rowId);
        return { ...COMPLETED, scope: outcome.scope };
      }
      next = await this.#nextOf(job, download, verdict.outcome, waitsFor, options);
      return verdict.outcome;
    };
    const context = {
      runId: job.runId,
      csvName: desk.name,
      options,
      clock,
      hosts: lendTurns(hosts, turn === null ? [] : [turn]),
      folders,
      media: desk.media(options.share !== false),
      progress,
      begin: (download: BeginRecord) => desk.ledger.begin(download, job.runId, { kind: holding, part: job }),
      record: (record: Parameters<CsvDesk['ledger']['record']>[0]) =>
        desk.ledger.record(record, { kind: settling, part: { job, next } }),
      begun,
      recorded,
      abandoned: (download: BegunDownload) => desk.ledger.abandon(download).catch(() => {}),
      tell,
      note,
    };
    const end = await attempt(context, task, task.before, judge);
    const following = next as Settlement['next'];
    ended({ task, end, seconds: following?.seconds ?? null, waitsFor });
  }

  /** What follows an attempt: the next one after a while, or none. */
  async #nextOf(
    job: TakenJob,
    { attempts, rowId, downloadType }: BegunDownload,
    outcome: Outcome,
    waitsFor: string | null,
    options: WorkflowOptions,
  ): Promise<Settlement['next']> {
    const { tries, repeats } = jobOptions(job);
    if (outcome.status === 'completed') return null;
    if (waitsFor !== null) {
      const isPaused = this.#parts.board.of(waitsFor) !== null;
      if (!isPaused && repeats >= MOST_REPEATS) return null;
      const seconds = await this.#secondsClosed(waitsFor);
      return { job: jobAfter(job, { repeats: isPaused ? 0 : repeats + 1 }), seconds };
    }
    const lost = outcome.status === 'failed' ? 1 : 0;
    const tried = {
      rowId,
      downloadType,
      link: job.link,
      attempts: attempts + lost,
      tries: tries + lost,
    };
    const seconds = nextTry(this.#parts.errors, tried, outcome, options);
    return seconds === null ? null : { job: jobAfter(job, { tries: tries + 1 }), seconds };
  }
}

/**
 * Whether a download is no longer what its job says: it got another link or is done, and whoever planned it knows by now. What is completed
 * stays so.
 */
async function isOvertaken(
  { ledger }: CsvDesk,
  { row, downloadType, link, refreshes }: Task,
  { transcriptOnly }: WorkflowOptions,
): Promise<boolean> {
  const state = (await ledger.row(row.context.rowId))?.downloads[downloadType];
  if (state === undefined) return false;
  if (state.link !== null && state.link !== link) return true;
  if (state.status !== 'completed' || refreshes) return false;
  return state.scope === 'full' || transcriptOnly === true;
}

function isAway(error: unknown): error is RowtrailError {
  return error instanceof RowtrailError && error.code === 'store_unreachable';
}

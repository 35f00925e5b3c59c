import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { givenOptions, RowtrailError } from '../../errors/index.ts';
import { resolvePlace } from '../../files/index.ts';
import { forwardClock, openHosts, policies, systemClock } from '../../hosts/index.ts';
import { CsvStore, WorkerPresence } from '../../ledger/index.ts';
import { serveHealth } from '../../monitoring/index.ts';
import { openQueue, type Queue } from '../../queue/index.ts';
import { DOWNLOAD_TYPES, type DownloadType } from '../../row/index.ts';
import { prepareHttp } from '../../sources/index.ts';
import type { RunEvent } from '../reporting/events.ts';
import { sharedLimits } from '../pacing/host-limits.ts';
import { DEFAULTS, type WorkflowOptions } from '../options.ts';
import { PauseBoard } from '../pacing/pause-board.ts';
import { RunProgress } from '../reporting/run-progress.ts';
import { whyUntried } from '../environment/why-untried.ts';
import { openParts } from './open-parts.ts';
import { Worker } from './worker.ts';
import { type WorkerCounts, WorkerTally } from './worker-tally.ts';

/** How a worker fetches; what it fetches says the run that asked for it. */
type FetchOptions = Pick<
  WorkflowOptions,
  | 'youtubeDir'
  | 'driveDir'
  | 'skipYoutube'
  | 'skipDrive'
  | 'limitRate'
  | 'archive'
  | 'concurrency'
  | 'proxy'
  | 'caCert'
  | 'cookies'
  | 'driveApiKey'
  | 'googleCredentials'
  | 'allowPrivateAddresses'
  | 'pace'
  | 'clock'
>;

export interface WorkerOptions extends FetchOptions {
  /** The PostgreSQL database that the runs use, `postgres://user:password@host:port/name`. */
  readonly store: string;
  /** Milliseconds without a sign of life after which its downloads are given to others (default 60 s). Whole seconds count. */
  readonly lease?: number | undefined;
  /** Milliseconds that transfers under way get to end once it is stopped (default 30 s). */
  readonly grace?: number | undefined;
  /** Whether it ends once the queue is empty (default false). */
  readonly untilEmpty?: boolean | undefined;
  /** The port that answers `/healthz` and `/readyz`; 0 for any that is free, which is then told as a note. Without one nobody is answered. */
  readonly healthPort?: number | undefined;
  /** The address of that port (default 127.0.0.1). */
  readonly healthHost?: string | undefined;
  /** What it tells others of its version. */
  readonly version?: string | undefined;
  /** Stops it: nothing new begins, transfers get their time, the rest is given back. */
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
}

/** What a worker did. */
export interface WorkerSummary extends WorkerCounts {
  /** As the ledger names it while it holds a download. */
  readonly worker: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly interrupted: boolean;
  readonly folders: Readonly<Record<DownloadType, string>>;
}

/** Between two looks whether the queue is empty (milliseconds). */
const EMPTY_MS = 500;

/**
 * Works off what runs have put into the queue of a store, for any CSV, on whichever machine; the CSVs themselves are not needed. A job is done
 * exactly when its result is in the ledger. Killed at any moment it leaves nothing but files with their sidecars and staging: its jobs are given
 * to others once its lease has ended.
 * @throws RowtrailError where the store cannot be used, a library is missing, or this machine can fetch nothing
 */
export async function runWorker(given: WorkerOptions): Promise<WorkerSummary> {
  const options = givenOptions(given);
  const clock = options.clock ?? systemClock;
  const startedAt = new Date(clock.now());
  const stop = options.signal ?? new AbortController().signal;
  const worker = `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`;
  const leaseMs = options.lease ?? DEFAULTS.lease;
  const leaseSeconds = Math.max(1, Math.ceil(leaseMs / 1000));
  const store = await CsvStore.open(options.store);
  let queue: Queue | null = null;
  try {
    queue = await openQueue(store.connections, { leaseSeconds });
    await using ending = new Ending(stop, options.grace ?? DEFAULTS.grace);
    const tally = new WorkerTally();
    const tell = (event: RunEvent) => options.onEvent?.(event);
    const board = new PauseBoard();
    const progress = new RunProgress(() => clock.now());
    const folders = {
      youtube: resolvePlace(options.youtubeDir ?? DEFAULTS.youtubeDir),
      drive: resolvePlace(options.driveDir ?? DEFAULTS.driveDir),
    };
    const waiting = forwardClock(clock);
    await using limits = sharedLimits(store, waiting);
    const hosts = openHosts({
      policyOf: policies(options.pace ?? DEFAULTS.pace, options.concurrency ?? DEFAULTS.concurrency),
      // It never ends by itself, so it waits for every host.
      maxWait: Infinity,
      clock: waiting,
      store: limits.store,
      onEvent: (event) => {
        board.heed(event);
        tell(event);
      },
    });
    await using opened = openParts({
      store,
      queue,
      lease: { holder: worker, milliseconds: leaseMs },
      options: { ...options, signal: ending.transfers },
      clock,
      hosts,
      folders,
      board,
      progress,
      whenOpen: () => Promise.resolve(),
      begun: () => {},
      recorded: () => {},
      ended: (attempt) => tell(tally.ended(attempt, progress)),
      tell,
      note: (message, rowId) => tell({ kind: 'note', message, ...(rowId === undefined ? {} : { rowId }) }),
    });
    const types = await usableTypes(options, clock.now(), opened.parts.note);
    if (types.includes('drive')) prepareHttp();
    const scope = new Worker(opened.parts, { types, leaseSeconds });
    await using seen = await beSeen(store, options, {
      stop,
      underWay: () => opened.parts.held.count,
      tally,
      note: opened.parts.note,
    });
    void seen;
    await scope.work(
      options.untilEmpty === true ? untilEmpty(scope, queue, types, ending.stop) : ending.stop,
    );
    return {
      worker,
      startedAt,
      endedAt: new Date(clock.now()),
      interrupted: stop.aborted,
      folders,
      ...tally.counts,
    };
  } finally {
    await queue?.close();
    await store.close();
  }
}

interface Seen {
  readonly stop: AbortSignal;
  readonly underWay: () => number;
  readonly tally: WorkerTally;
  readonly note: (message: string) => void;
}

/** Others see this worker in the store, and whoever watches its process is answered, until it is disposed of. */
async function beSeen(
  store: CsvStore,
  { version = '', healthPort, healthHost }: WorkerOptions,
  { stop, underWay, tally, note }: Seen,
): Promise<AsyncDisposable> {
  const notReady = async () => {
    if (stop.aborted) return 'it ends: what it began goes on, nothing new begins';
    await store.answers();
    return null;
  };
  const health =
    healthPort === undefined ? null : await serveHealth({ port: healthPort, host: healthHost, notReady });
  if (health !== null)
    note(`health checks are answered on ${healthHost ?? '127.0.0.1'}:${health.port}: /healthz and /readyz`);
  const work = () => ({
    underWay: underWay(),
    done: tally.counts.completed,
    failed: tally.counts.failed,
    draining: stop.aborted,
  });
  const presence = await WorkerPresence.begin(store.database, { version, work }).catch(
    async (error: unknown) => {
      await health?.[Symbol.asyncDispose]();
      throw error;
    },
  );
  stop.addEventListener('abort', () => void presence.tell().catch(() => {}), { once: true });
  return {
    [Symbol.asyncDispose]: async () => {
      await presence[Symbol.asyncDispose]();
      await health?.[Symbol.asyncDispose]();
    },
  };
}

/** The download types that this machine can fetch. @throws RowtrailError where there is none */
async function usableTypes(
  options: WorkerOptions,
  now: number,
  note: (message: string) => void,
): Promise<readonly DownloadType[]> {
  const why = {
    youtube: options.skipYoutube === true ? '' : await whyUntried('youtube', options, now),
    drive: options.skipDrive === true ? '' : await whyUntried('drive', options, now),
  };
  const types = DOWNLOAD_TYPES.filter((type) => why[type] === null);
  const reasons = Object.values(why).filter((reason) => reason !== null && reason !== '');
  if (types.length === 0)
    throw new RowtrailError('usage', reasons.join(' ') || 'there is nothing left for this worker to fetch');
  for (const reason of reasons) note(`${reason} Such jobs are left to other workers.`);
  return types;
}

/** A signal that fires with the given one, or when there is no job any more of these types, of whatever CSV. */
function untilEmpty(
  worker: Worker,
  queue: Queue,
  types: readonly DownloadType[],
  stop: AbortSignal,
): AbortSignal {
  const empty = new AbortController();
  const timer = setInterval(() => {
    if (!worker.isIdle) return;
    Promise.all(types.map((type) => queue.counts(undefined, type)))
      .then((counts) => {
        const isEmpty = counts.every(
          ({ waiting, delayed, active, dead }) => waiting + delayed + active + dead === 0,
        );
        if (isEmpty && worker.isIdle) empty.abort();
        return null;
      })
      .catch(() => null);
  }, EMPTY_MS).unref();
  const either = AbortSignal.any([stop, empty.signal]);
  either.addEventListener('abort', () => clearInterval(timer));
  return either;
}

/** How a worker ends: first nothing new begins, then, after a while, transfers are aborted. */
class Ending implements AsyncDisposable {
  readonly stop: AbortSignal;
  readonly transfers: AbortSignal;
  #timer: NodeJS.Timeout | undefined;

  constructor(stop: AbortSignal, grace: number) {
    const transfers = new AbortController();
    this.stop = stop;
    this.transfers = transfers.signal;
    const begin = () => (this.#timer = setTimeout(() => transfers.abort(), grace));
    if (stop.aborted) begin();
    else stop.addEventListener('abort', begin, { once: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer);
    return Promise.resolve();
  }
}

import { RowtrailError } from '../../errors/index.ts';
import { type TrackerOptions, withTracker } from '../../tracker/index.ts';
import { isRunGoingOn } from '../active-processes.ts';
import { systemClock } from '../clock.ts';
import { readRunNote, type RunFailure, type RunNote, type RunTransfer } from './run-note.ts';
import { type RunWish, writeRunWish } from './run-wish.ts';

/** How the last run ended. */
export interface EndedRun {
  readonly runId: string;
  /** ISO 8601. */
  readonly since: string;
  /** ISO 8601; null when it was killed. */
  readonly endedAt: string | null;
  readonly exit: 'done' | 'incomplete' | 'interrupted' | 'error';
  readonly message: string | null;
}

/** A run that goes on, in this process or another. */
export interface GoingRun {
  /** `pausing`: no new download begins, some still end. */
  readonly state: 'running' | 'pausing' | 'paused' | 'stopping';
  /** Empty until it has told of itself. */
  readonly runId: string;
  /** ISO 8601. */
  readonly since: string;
  readonly totals: RunNote['totals'];
  readonly active: readonly RunTransfer[];
  /** The last ones, the newest first. */
  readonly failures: readonly RunFailure[];
}

export type RunState = { readonly state: 'idle'; readonly lastRun: EndedRun | null } | GoingRun;

const KILLED =
  'It was ended from outside, or the machine went off. What was recorded is safe; the next run goes on from there.';
const NOTHING = { done: 0, total: 0, bytesPerSecond: null, etaSeconds: null } as const;

/**
 * Whether a run works on a CSV, and how far it is. The run lock says whether there is one; how far it is stands in a file beside it,
 * which is at most half a second old.
 * @throws RowtrailError `file_missing` when there is no such CSV
 */
export async function getRunState(csvPath = 'output.csv', options: TrackerOptions = {}): Promise<RunState> {
  return withTracker(
    csvPath,
    async ({ place }) => {
      const isGoing = await isRunGoingOn(place.runLock, systemClock);
      const note = await readRunNote(place.runNote);
      return isGoing ? goingRun(note) : { state: 'idle', lastRun: note && endedRun(note) };
    },
    options,
  );
}

function goingRun(note: RunNote | null): GoingRun {
  // It has the lock and did not tell of itself yet: the note is that of an earlier run.
  if (note === null || note.ended !== null)
    return {
      state: 'running',
      runId: '',
      since: new Date().toISOString(),
      totals: { ...NOTHING, sources: { youtube: NOTHING, drive: NOTHING } },
      active: [],
      failures: [],
    };
  const { wish, runId, since, totals, active, failures } = note;
  const paused = active.length > 0 ? 'pausing' : 'paused';
  const state = wish === 'run' ? 'running' : wish === 'stop' ? 'stopping' : paused;
  return { state, runId, since, totals, active, failures };
}

function endedRun({ runId, since, ended }: RunNote): EndedRun {
  if (ended === null) return { runId, since, endedAt: null, exit: 'interrupted', message: KILLED };
  const { at, exit, message } = ended;
  return { runId, since, endedAt: at, exit, message };
}

/** Has the run that works on a CSV begin no new download; those under way end. A new run begins without that. */
export async function pauseRun(csvPath = 'output.csv', options: TrackerOptions = {}): Promise<void> {
  await ask(csvPath, 'pause', options);
}

/** Has a paused run go on. */
export async function resumeRun(csvPath = 'output.csv', options: TrackerOptions = {}): Promise<void> {
  await ask(csvPath, 'run', options);
}

/** Ends the run that works on a CSV as Ctrl-C does: transfers end, the CSV is written. */
export async function stopRun(csvPath = 'output.csv', options: TrackerOptions = {}): Promise<void> {
  await ask(csvPath, 'stop', options);
}

/** The run looks each second. @throws RowtrailError `usage` where no run goes on that could be asked */
async function ask(csvPath: string, wish: RunWish, options: TrackerOptions): Promise<void> {
  const state = await getRunState(csvPath, options);
  if (state.state === 'idle' || state.runId === '')
    throw new RowtrailError('usage', 'no run works on this CSV, or it has only just begun', {
      file: csvPath,
    });
  await withTracker(csvPath, ({ place }) => writeRunWish(place.runWish, state.runId, wish), options);
}

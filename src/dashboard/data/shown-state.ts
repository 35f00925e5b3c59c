import type { CellStatus as Status, RunState as KnownRun, TableState } from '../../index.ts';
import type { ApiError, DownloadType, IndexState, Overview, RunState } from '../contract.ts';
import { apiError, plain } from './plain.ts';

export function nameOf(csvPath: string): string {
  return csvPath.replace(/^.*[/\\]/, '');
}

/** For somebody who has the page open, and not a path to correct. */
export function goneWords(error: ApiError['error'], csvPath: string): ApiError['error'] {
  if (error.cause !== 'file_missing') return error;
  return {
    ...error,
    message: `${plain(nameOf(csvPath))} is not there any more`,
    nextStep:
      'Put it back, or connect the drive that it is on: this page goes on by itself. What you see is how things stood.',
  };
}

export function counted(counts: Readonly<Record<Status, number>>): Overview['counts'][DownloadType] {
  const { none: _, ...others } = counts;
  return others;
}

export function indexState(state: TableState): IndexState {
  return state.state === 'failed' ? { state: 'failed', error: apiError(state.error) } : state;
}

export function shownRun(run: KnownRun): RunState {
  if (run.state === 'idle') {
    const { lastRun } = run;
    return {
      state: 'idle',
      lastRun: lastRun && {
        runId: lastRun.runId,
        endedAt: lastRun.endedAt,
        exit: lastRun.exit,
        message: lastRun.message && plain(lastRun.message),
      },
    };
  }
  const { state, runId, since, totals } = run;
  const { done, total, bytesPerSecond, sources } = totals;
  // When a run is through that is paused or stops, nobody knows.
  const etaSeconds = state === 'running' ? totals.etaSeconds : null;
  const of = (type: DownloadType) => ({ done: sources[type].done, total: sources[type].total });
  return {
    ...{ state, runId, since, own: false, done, total, bytesPerSecond, etaSeconds },
    sources: { youtube: of('youtube'), drive: of('drive') },
  };
}

import { basename } from 'node:path';
import { ErrorHandler, messageOf } from '../errors/index.ts';
import { resolvePlace } from '../files/index.ts';
import { openHosts, policies } from '../hosts/index.ts';
import { RunningCounts } from '../monitoring/index.ts';
import type { HostLimits } from './pacing/host-limits.ts';
import { DEFAULTS } from './options.ts';
import { Pacer } from './pacing/pacer.ts';
import type { RunContext } from './run-context.ts';
import { RunGate } from './pacing/run-gate.ts';
import type { RunNews } from './reporting/run-news.ts';
import { RunProgress } from './reporting/run-progress.ts';
import { sharedMedia } from './attempt/shared-media.ts';

type Given = Pick<RunContext, 'runId' | 'tracker' | 'options' | 'clock' | 'tally'>;

/** Makes what all parts of a run on one machine share. @param limits that it keeps at hosts @param news passes on what happens */
export function makeContext({
  limits,
  news,
  ...given
}: Given & { readonly limits: HostLimits; readonly news: RunNews }): RunContext {
  const { runId, tracker, options, clock } = given;
  const project = async () => {
    await tracker.project();
    news.heedTracker();
  };
  const pacer = new Pacer(project, clock, (error) =>
    news.note(`the CSV could not be written just now, the results are kept: ${messageOf(error)}`),
  );
  const counts = new RunningCounts();
  return {
    ...given,
    pacer,
    counts,
    hosts: openHosts({
      policyOf: policies(options.pace ?? DEFAULTS.pace, options.concurrency ?? DEFAULTS.concurrency),
      maxWait: options.maxWait ?? DEFAULTS.maxWait,
      clock: limits.clock,
      store: limits.store,
      onEvent: (event) => news.heedHost(event),
    }),
    board: news.board,
    gate: new RunGate(),
    folders: {
      youtube: resolvePlace(options.youtubeDir ?? DEFAULTS.youtubeDir),
      drive: resolvePlace(options.driveDir ?? DEFAULTS.driveDir),
    },
    media: sharedMedia(() => tracker.ledger(), options.share !== false),
    progress: new RunProgress(() => clock.now()),
    errors: new ErrorHandler({ clock: () => new Date(clock.now()) }),
    csvName: basename(tracker.place.csv),
    begin: async (download) => (await tracker.ledger()).begin(download, runId),
    record: (attempt) => tracker.record(attempt),
    begun: () => pacer.poke(),
    recorded: (attempt, state, before) => {
      news.recorded(attempt, state);
      counts.moved(attempt.downloadType, before, attempt.outcome.status);
      pacer.poke();
    },
    // Whatever has no result when the run ends is pending again by its last step.
    abandoned: () => Promise.resolve(),
    logged: (attempt, state) => news.recorded(attempt, state),
    tell: (event) => news.tell(event),
    note: (message, rowId) => news.note(message, rowId),
  };
}

import { causeFacts } from '../../errors/index.ts';
import type { AttemptRecord, BegunDownload, DownloadState, Outcome } from '../../ledger/index.ts';
import type { DownloadResult } from '../../row/index.ts';
import {
  downloadDriveWithContext,
  downloadYoutubeWithContext,
  resolveNetwork,
  type SourceOptions,
} from '../../sources/index.ts';
import { outcomeOf } from '../../tracker/index.ts';
import type { Failure } from '../reporting/events.ts';
import { DEFAULTS } from '../options.ts';
import type { Task } from '../planning/tasks.ts';
import type { AttemptContext } from './attempt-context.ts';

/** How an attempt ended. It is durable in the ledger by then. */
export interface AttemptEnd {
  readonly result: DownloadResult;
  /** Null when the download is completed. */
  readonly failure: Failure | null;
  /** Attempts of the download's present generation, this one included where it cost one. */
  readonly attempts: number;
}

/**
 * One try at a download: begun in the ledger, fetched, and recorded. What a host or a link does never rejects.
 * @param before the download's status until now
 * @param judge has the last word on the outcome, before it is recorded
 */
export async function attempt(
  run: AttemptContext,
  task: Task,
  before: Task['before'],
  judge: (outcome: Outcome, result: DownloadResult, begun: BegunDownload) => Promise<Outcome>,
): Promise<AttemptEnd> {
  const { clock, runId } = run;
  const { row, downloadType, link } = task;
  const { rowId, type, name, email } = row.context;
  const startedAt = new Date(clock.now()).toISOString();
  const begun = await run.begin({ row: { rowId, type, name, email }, downloadType, link });
  run.begun();
  run.tell({ kind: 'started', rowId, downloadType });
  let result: DownloadResult;
  let outcome: Outcome;
  let state: DownloadState;
  try {
    result = await fetchTask(run, task, begun, startedAt).finally(() =>
      run.progress.stopped(downloadType, rowId),
    );
    const scope = run.options.transcriptOnly === true && downloadType === 'youtube' ? 'transcript' : 'full';
    outcome = await judge(outcomeOf(result, scope), result, begun);
    const record: AttemptRecord = {
      row: { rowId, type, name, email },
      downloadType,
      link,
      generation: begun.generation,
      lease: begun.lease,
      startedAt,
      endedAt: new Date(clock.now()).toISOString(),
      items: result.items ?? [],
      outcome,
      folder: run.folders[downloadType],
      runId,
    };
    state = await run.record(record);
    run.recorded(record, state, before);
  } catch (error) {
    await run.abandoned(begun);
    throw error;
  }
  const { attempts } = state;
  if (outcome.status === 'completed') return { result, failure: null, attempts };
  const cause = outcome.cause ?? 'unknown';
  const { category, nextStep } = causeFacts(cause);
  const failure = {
    rowId,
    name,
    downloadType,
    line: row.line,
    status: outcome.status,
    cause,
    category,
    message: outcome.message ?? '',
    nextStep,
    permanent: outcome.permanent,
    attempts,
    notBefore: outcome.notBefore,
  };
  return { result, failure, attempts };
}

function fetchTask(
  run: AttemptContext,
  { row, downloadType, link }: Task,
  { generation, done, attempts }: BegunDownload,
  startedAt: string,
): Promise<DownloadResult> {
  const { proxy, caCert, signal, transcriptOnly, resolution, format, cookies, pace } = run.options;
  const { allowDirectLinks, allowPrivateAddresses, exportFormats, driveApiKey, googleCredentials } =
    run.options;
  const { subLangs, transcriptFormat, limitRate, archive } = run.options;
  const shared: SourceOptions = {
    outputDir: run.folders[downloadType],
    network: resolveNetwork({ proxy, caCert }),
    done,
    generation,
    keeping: {
      csv: run.csvName,
      attempt: attempts + 1,
      startedAt,
      identity: run.options.sidecarIdentity ?? DEFAULTS.sidecarIdentity,
      media: run.media,
    },
    hosts: run.hosts,
    onProgress: (progress) => run.tell({ kind: 'progress', progress, totals: run.progress.moved(progress) }),
    ...(signal ? { signal } : {}),
  };
  if (downloadType === 'drive') {
    return downloadDriveWithContext(link, row.context, {
      ...shared,
      apiKey: driveApiKey,
      googleCredentials,
      allowDirectLinks: allowDirectLinks === true,
      allowPrivateAddresses: allowPrivateAddresses === true,
      concurrency: run.options.concurrency ?? DEFAULTS.concurrency,
      ...(exportFormats === undefined ? {} : { exportFormats }),
    });
  }
  return downloadYoutubeWithContext(link, row.context, {
    ...shared,
    transcriptOnly: transcriptOnly === true,
    pace: (pace ?? DEFAULTS.pace) === 'off' ? 'off' : 'polite',
    ...(resolution === undefined ? {} : { resolution }),
    ...(format === undefined ? {} : { outputFormat: format }),
    ...(cookies === undefined ? {} : { cookiesFile: cookies }),
    subLangs,
    transcriptFormat,
    limitRate,
    archiveFile: archive,
    onNote: (message) => run.note(message, row.context.rowId),
  });
}

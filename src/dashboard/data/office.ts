import { resolve } from 'node:path';
import {
  DownloadMonitor,
  failuresCsv,
  getPausedHosts,
  getRunState,
  type GivenCondition,
  listFailures,
  pauseRun,
  remedyOf,
  resetDownloads,
  resumeRun,
  type RowQuery,
  RowTable,
  type StatusReport,
  stopRun,
  type TrackerOptions,
} from '../../index.ts';
import type {
  DownloadType,
  Facets,
  FailureGroup,
  Overview,
  RowDetail,
  RowsPage,
  RunState,
  TrendData,
} from '../contract.ts';
import { apiError, plain } from './plain.ts';
import { failureGroups } from './failure-groups.ts';
import type { News, OfficeOptions } from './protocol.ts';
import { readRowDetail } from './row-detail.ts';
import { shownRow } from './row-summary.ts';
import { counted, goneWords, indexState, nameOf, shownRun } from './shown-state.ts';
import { StoreLook } from './store-work.ts';
import { readTrend } from './trend-data.ts';

/** Milliseconds between two looks at CSV, ledger and run. */
const LOOK_MS = 500;
/** Milliseconds between two reports on disk, alerts and trend; while a run goes on it is as soon as a report costs next to nothing. */
const REPORT_MS = 30_000;
const SOON_MS = 2000;
const REPORT_PART = 0.05;

const NOTHING = { pending: 0, downloading: 0, completed: 0, failed: 0, unknown: 0 };

/** Everything that reads CSV and ledger for the dashboard, in a thread of its own. */
export class Office {
  readonly #options: OfficeOptions;
  readonly #tracking: TrackerOptions;
  readonly #tell: (news: News) => void;
  readonly #table: RowTable;
  readonly #monitor: DownloadMonitor;
  readonly #store: StoreLook;
  #report: StatusReport | null = null;
  #reportedAt = Number.NEGATIVE_INFINITY;
  #reportMs = 0;
  #lastRun = '';
  #told = '';
  #gone = '';
  /** As they were when the table last stood: nought would be a lie while it is made anew. */
  #rowCount = 0;
  #counts: Overview['counts'] = { youtube: NOTHING, drive: NOTHING };
  #closed = false;
  #looking: Promise<void> = Promise.resolve();

  constructor(options: OfficeOptions, tell: (news: News) => void) {
    this.#options = options;
    this.#tell = tell;
    const { columns, store } = options;
    this.#tracking = { ...(columns !== undefined && { columns }), store };
    const { csvPath, folders, alerts } = options;
    this.#table = new RowTable(csvPath, {
      ...this.#tracking,
      onState: (state) => this.#tell({ news: 'index', index: indexState(state) }),
    });
    this.#store = new StoreLook(options.csvPath, this.#tracking);
    this.#monitor = new DownloadMonitor({
      csvPath,
      youtubeDir: folders.youtube,
      driveDir: folders.drive,
      ...this.#tracking,
      ...(alerts === undefined ? {} : { alerts: alerts as readonly GivenCondition[] }),
    });
  }

  /** Begins to follow CSV, ledger and run. */
  async begin(): Promise<void> {
    await this.#tellOverview();
    this.#looking = this.#lookOn();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#looking;
    await this.#table[Symbol.asyncDispose]();
  }

  async rows(query: RowQuery, offset: number, limit: number): Promise<RowsPage> {
    const page = await this.#table.page(query, offset, limit);
    return { ...page, rows: page.rows.map(shownRow) };
  }

  async facets(): Promise<Facets> {
    const { version, statuses, causes } = await this.#table.causes();
    return {
      version,
      status: statuses,
      causes: causes.map(({ cause, count }) => ({ cause, title: remedyOf(cause).title, count })),
    };
  }

  async row(rowId: string): Promise<RowDetail | null> {
    const { csvPath, folders, retryAttempts } = this.#options;
    const row = await this.#table.row(rowId);
    return row && readRowDetail(row, { csvPath, folders, retryAttempts, tracking: this.#tracking });
  }

  async failures(): Promise<readonly FailureGroup[]> {
    const { causes } = await this.#table.causes(50);
    const names = await this.#table.namesOf(causes.flatMap(({ first }) => first.map(({ rowId }) => rowId)));
    return failureGroups(causes, names, this.#options.csvPath);
  }

  async failuresCsv(): Promise<string> {
    return failuresCsv(await listFailures(this.#options.csvPath, this.#tracking));
  }

  trend(): Promise<TrendData> {
    return readTrend(this.#monitor, this.#options.csvPath, this.#tracking);
  }

  metrics(): Promise<string> {
    return this.#monitor.collectPrometheus();
  }

  async reset(rowIds: readonly string[], type: DownloadType | undefined): Promise<number> {
    const downloadType = type ?? 'both';
    const done = await resetDownloads(rowIds, this.#options.csvPath, { ...this.#tracking, downloadType });
    return done.length;
  }

  /** Of these rows those downloads become pending that failed. @returns how many */
  async resetFailed(rowIds: readonly string[], type: DownloadType | undefined): Promise<number> {
    let count = 0;
    for (const downloadType of type === undefined ? (['youtube', 'drive'] as const) : [type]) {
      const failed: string[] = [];
      for (const rowId of rowIds) {
        const row = await this.#table.row(rowId);
        if (row?.[downloadType].status === 'failed') failed.push(rowId);
      }
      if (failed.length > 0)
        count += (await resetDownloads(failed, this.#options.csvPath, { ...this.#tracking, downloadType }))
          .length;
    }
    return count;
  }

  async runState(): Promise<RunState> {
    return shownRun(await getRunState(this.#options.csvPath, this.#tracking));
  }

  async ask(wish: 'pause' | 'resume' | 'stop'): Promise<RunState> {
    const ask = { pause: pauseRun, resume: resumeRun, stop: stopRun }[wish];
    await ask(this.#options.csvPath, this.#tracking);
    return this.runState();
  }

  async #lookOn(): Promise<void> {
    while (!this.#closed) {
      const began = performance.now();
      try {
        if (await this.#table.follow()) this.#tellRows();
        await this.#lookAtReport();
        await this.#tellOverview();
        this.#gone = '';
      } catch (error) {
        const known = goneWords(apiError(error), this.#options.csvPath);
        if (this.#gone !== known.message) this.#tell({ news: 'gone', error: known });
        this.#gone = known.message;
        this.#told = '';
      }
      const rest = Math.max(LOOK_MS - (performance.now() - began), 50);
      await new Promise((done) => setTimeout(done, rest));
    }
  }

  #tellRows(): void {
    const { state } = this.#table;
    if (state.state === 'ready') this.#tell({ news: 'rows', version: state.version });
  }

  async #lookAtReport(): Promise<void> {
    if (this.#table.state.state !== 'ready') return;
    const run = await getRunState(this.#options.csvPath, this.#tracking);
    const isIdle = run.state === 'idle';
    const wait = isIdle ? REPORT_MS : Math.min(Math.max(this.#reportMs / REPORT_PART, SOON_MS), REPORT_MS);
    const began = performance.now();
    if (`${isIdle}` === this.#lastRun && began - this.#reportedAt < wait) return;
    this.#report = await this.#monitor.generateReport();
    this.#lastRun = `${isIdle}`;
    this.#reportedAt = performance.now();
    this.#reportMs = this.#reportedAt - began;
  }

  async #tellOverview(): Promise<void> {
    const overview = await this.#overview();
    const text = JSON.stringify(overview);
    if (text === this.#told) return;
    this.#told = text;
    this.#tell({ news: 'overview', overview });
  }

  async #overview(): Promise<Overview> {
    const { csvPath } = this.#options;
    const run = await getRunState(csvPath, this.#tracking);
    const isReady = this.#table.state.state === 'ready';
    if (isReady) {
      const { youtube, drive } = await this.#table.counts();
      this.#counts = { youtube: counted(youtube), drive: counted(drive) };
      this.#rowCount = await this.#table.rowCount();
    }
    const report = this.#report;
    const going = run.state === 'idle' ? null : run;
    const isRunning = run.state === 'running';
    const rowIds = [...(going?.active ?? []), ...(going?.failures ?? [])].map(({ rowId }) => rowId);
    const names =
      isReady && rowIds.length > 0 ? await this.#table.namesOf(rowIds) : new Map<string, string>();
    const personOf = (rowId: string) => plain(names.get(rowId) ?? '');
    const free = report?.metrics.diskFreeGb ?? null;
    const paused = await getPausedHosts(csvPath, this.#tracking);
    const store = await this.#store.now();
    return {
      csvPath: resolve(csvPath),
      csvName: nameOf(csvPath),
      index: indexState(this.#table.state),
      gone: null,
      totalRows: this.#rowCount,
      counts: this.#counts,
      run: shownRun(run),
      active: (going?.active ?? []).map((each) => ({
        rowId: each.rowId,
        name: personOf(each.rowId),
        downloadType: each.downloadType,
        label: plain(each.title ?? each.label),
        receivedBytes: each.receivedBytes,
        totalBytes: each.totalBytes,
        bytesPerSecond: each.bytesPerSecond,
        etaSeconds: each.etaSeconds,
      })),
      throughputPerHour: isRunning ? (report?.trend.throughputPerHour ?? null) : null,
      etaSeconds: isRunning ? (run.totals.etaSeconds ?? report?.trend.etaSeconds ?? null) : null,
      disk: {
        usedBytes: Math.round((report?.metrics.diskUsageGb ?? 0) * 1e9),
        freeBytes: free === null ? null : Math.round(free * 1e9),
        files: report?.downloadStats.totalFilesDownloaded ?? 0,
      },
      alerts: (report?.alerts ?? []).map(({ name, severity, message }) => ({
        name,
        severity,
        message: plain(message),
      })),
      pausedHosts: paused.map(({ host, message, nextStep, until }) => ({
        host,
        message: plain(message),
        nextStep,
        until: until.toISOString(),
      })),
      store,
      recommendations: (report?.recommendations ?? []).map(({ message, command }) => ({
        message,
        commands: [command],
      })),
      lastFailures: (going?.failures ?? []).map(({ rowId, message, nextStep }) => ({
        rowId,
        name: personOf(rowId),
        message: plain(message),
        nextStep,
      })),
    };
  }
}

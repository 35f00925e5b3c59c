/**
 * What the dashboard's server and its page say to each other: one file of types, imported by both. Keys are camelCase in the page's own
 * API (it is not a public one); times are ISO 8601, sizes bytes, durations seconds, rates fractions.
 *
 * GET  /                        the page; /assets/* its script and style (hashed names, cached for ever). Built into
 *                               dist/dashboard/page/ (index.html, assets/): dist/dashboard/ itself holds the server's modules
 * GET  /api/overview            Overview
 * GET  /api/events              server-sent events: see LiveEvent; `retry:` 2000, an event `beat` each 15 s
 * GET  /api/rows?…              RowsPage; query: RowsQuery, offset, limit (at most 200)
 * GET  /api/rows/facets         Facets: the values that can be filtered by, with counts
 * GET  /api/row?id=…            RowDetail (404 when there is none)
 * GET  /api/failures            FailureGroup[]
 * GET  /api/failures.csv        the export of `rowtrail failed --export`, as a download
 * GET  /api/trend               TrendData
 * GET  /api/settings            SettingsView
 * GET  /api/file?path=…         a file of a download folder (path as RowDetail gives it), with Range, safe content types, `nosniff`;
 *                               ?download=1 as an attachment. 404 for everything that is not inside the folders (after realpath)
 * POST /api/reset               {rowIds, type?: 'youtube'|'drive'}     → {reset: number}
 * POST /api/retry               {rowIds, type?}: reset failed ones to pending, and start a run where none goes on → {reset, run: RunState}
 * POST /api/run/start           {} → RunState   (409 with a sentence when a run goes on)
 * POST /api/run/pause | /api/run/resume | /api/run/stop → RunState
 * GET  /healthz                 {status: 'ok'|'csv_missing', …} 200 / 503
 * GET  /metrics                 Prometheus text
 *
 * Errors: status 4xx/5xx with ApiError. POSTs need the header `content-type: application/json` and a same-origin Origin.
 * With a token (any host but 127.0.0.1/localhost): `?token=…` once sets an HttpOnly SameSite=Strict cookie; else 401.
 */
export interface ApiError {
  readonly error: { readonly cause: string; readonly message: string; readonly nextStep: string };
}

export type DownloadType = 'youtube' | 'drive';
/** `none`: the row has no link of that type. */
export type CellStatus = 'none' | 'pending' | 'downloading' | 'completed' | 'failed' | 'unknown';

export type RunState =
  | { readonly state: 'idle'; readonly lastRun: LastRun | null }
  | {
      readonly state: 'running' | 'paused' | 'pausing' | 'stopping';
      readonly runId: string;
      readonly since: string;
      /** Whether this server started it; another one's can be paused and stopped just the same. */
      readonly own: boolean;
      readonly done: number;
      readonly total: number;
      readonly bytesPerSecond: number | null;
      readonly etaSeconds: number | null;
      readonly sources: Readonly<Record<DownloadType, { readonly done: number; readonly total: number }>>;
    };
export interface LastRun {
  readonly runId: string;
  readonly endedAt: string | null;
  readonly exit: 'done' | 'incomplete' | 'interrupted' | 'error';
  readonly message: string | null;
}

export interface ActiveTransfer {
  readonly rowId: string;
  readonly name: string;
  readonly downloadType: DownloadType;
  /** What is fetched: a title or file name, or an id where none is known; empty before anything comes. */
  readonly label: string;
  readonly receivedBytes: number;
  readonly totalBytes: number | null;
  readonly bytesPerSecond: number | null;
  readonly etaSeconds: number | null;
}

/** What goes on in the store that holds the ledger, for all its CSVs. */
export interface StoreWork {
  readonly jobs: {
    readonly waiting: number;
    /** Whose time has not come. */
    readonly delayed: number;
    readonly active: number;
    /** Given up because they ended their workers. */
    readonly dead: number;
  };
  readonly workers: readonly {
    readonly id: string;
    readonly name: string;
    readonly version: string;
    readonly underWay: number;
    readonly done: number;
    readonly failed: number;
    readonly state: 'working' | 'draining' | 'silent';
  }[];
}

export interface Overview {
  readonly csvPath: string;
  readonly csvName: string;
  /** The state of the index that rows are filtered and sorted by. */
  readonly index: IndexState;
  /** Why the CSV cannot be read now; null where it can. */
  readonly gone: ApiError['error'] | null;
  readonly totalRows: number;
  readonly counts: Readonly<Record<DownloadType, Readonly<Record<Exclude<CellStatus, 'none'>, number>>>>;
  readonly run: RunState;
  readonly active: readonly ActiveTransfer[];
  readonly throughputPerHour: number | null;
  readonly etaSeconds: number | null;
  readonly disk: { readonly usedBytes: number; readonly freeBytes: number | null; readonly files: number };
  readonly alerts: readonly { readonly name: string; readonly severity: string; readonly message: string }[];
  readonly pausedHosts: readonly {
    readonly host: string;
    readonly message: string;
    readonly nextStep: string;
    readonly until: string;
  }[];
  /** Null where there is no store, or nothing goes on in it. */
  readonly store: StoreWork | null;
  readonly recommendations: readonly { readonly message: string; readonly commands: readonly string[] }[];
  /** The last failures of the present run, newest first, at most 8. */
  readonly lastFailures: readonly {
    readonly rowId: string;
    readonly name: string;
    readonly message: string;
    readonly nextStep: string;
  }[];
}

export type IndexState =
  | { readonly state: 'building'; readonly fraction: number }
  | { readonly state: 'ready'; readonly version: number }
  | { readonly state: 'failed'; readonly error: ApiError['error'] };

export type SortKey = 'line' | 'rowId' | 'name' | 'type' | 'youtube' | 'drive' | 'attemptedAt';

export interface RowsQuery {
  /** Rows where either download has one of these statuses. */
  readonly status?: readonly CellStatus[];
  /** A download type to which `status` and `cause` are limited. */
  readonly download?: DownloadType;
  readonly cause?: readonly string[];
  /** Found in row_id, name, e-mail, type or file name, whatever the case. */
  readonly text?: string;
  readonly sort?: SortKey;
  readonly descending?: boolean;
}

export interface RowsPage {
  /** Of the index that answered; when it is another one than before, the page asks again for what it shows. */
  readonly version: number;
  /** Rows that match. */
  readonly total: number;
  readonly offset: number;
  readonly rows: readonly RowSummary[];
}

export interface RowSummary {
  readonly line: number;
  readonly rowId: string;
  readonly name: string;
  readonly email: string;
  readonly type: string;
  readonly youtube: DownloadCell;
  readonly drive: DownloadCell;
  readonly attemptedAt: string | null;
}
export interface DownloadCell {
  readonly status: CellStatus;
  readonly files: number;
  readonly cause: string | null;
}

export interface Facets {
  readonly version: number;
  readonly status: Readonly<Record<CellStatus, number>>;
  readonly causes: readonly { readonly cause: string; readonly title: string; readonly count: number }[];
}

export interface RowDetail {
  readonly row: RowSummary;
  readonly verdict: {
    readonly message: string;
    readonly nextStep: string;
    readonly commands: readonly string[];
  };
  readonly downloads: readonly {
    readonly downloadType: DownloadType;
    readonly status: CellStatus;
    readonly link: string;
    readonly attempts: readonly {
      readonly number: number;
      readonly startedAt: string | null;
      readonly endedAt: string | null;
      readonly outcome: string;
      readonly cause: string | null;
      readonly message: string | null;
    }[];
    readonly items: readonly {
      readonly id: string;
      readonly kind: string;
      readonly title: string | null;
      readonly status: string;
      readonly cause: string | null;
      readonly message: string | null;
      readonly files: readonly RowFile[];
    }[];
  }[];
}
export interface RowFile {
  readonly name: string;
  /** Absolute; copied. */
  readonly path: string;
  /** As it is shown: from the CSV's folder on, where it lies in there. */
  readonly shownPath: string;
  /** For /api/file; null when the file is not there any more. */
  readonly url: string | null;
  readonly bytes: number;
  readonly sha256: string | null;
  /** What the page can show: by content, not by name. */
  readonly preview: 'video' | 'audio' | 'image' | 'text' | 'pdf' | null;
  readonly mime: string;
}

export interface FailureGroup {
  readonly remedy: string;
  readonly title: string;
  /** The sentence to send to the person; null where they can do nothing. */
  readonly message: string | null;
  readonly commands: readonly string[];
  readonly count: number;
  /** At most 50; the rest is in the rows' table by cause. */
  readonly downloads: readonly {
    readonly rowId: string;
    readonly name: string;
    readonly downloadType: DownloadType;
    readonly cause: string;
  }[];
  readonly causes: readonly string[];
}

export interface TrendData {
  /** Points in time order, columns side by side as uplot takes them. */
  readonly day: TrendSeries;
  /** The whole of the present or last run; empty where there was none. */
  readonly run: TrendSeries;
}
export interface TrendSeries {
  /** Seconds since 1970. */
  readonly at: readonly number[];
  readonly pending: readonly number[];
  readonly completed: readonly number[];
  readonly failed: readonly number[];
  readonly diskBytes: readonly number[];
}

export interface SettingsView {
  readonly version: string;
  /** Secrets redacted; of what was not given the default, in words. `origin`: flag, environment, file or default. */
  readonly settings: readonly {
    readonly name: string;
    readonly value: string;
    readonly origin: string;
    readonly help: string;
  }[];
}

/** `event:` is the kind, `data:` the JSON of the rest. After a reconnect the page gets `overview` at once. `beat` says nothing but that the line stands. */
export type LiveEvent =
  | { readonly kind: 'overview'; readonly overview: Overview }
  | { readonly kind: 'index'; readonly index: IndexState }
  /** At most one each 500 ms; statuses changed, the index has a new version. */
  | { readonly kind: 'rows'; readonly version: number }
  | { readonly kind: 'gone'; readonly error: ApiError['error'] };

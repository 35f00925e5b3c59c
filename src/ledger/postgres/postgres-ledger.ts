import type { DownloadKey, DownloadType, ItemKey, TrackingCells } from '../../row/index.ts';
import type { HeldDownload, ItemLoss } from '../custody.ts';
import type { MetricSample } from '../history.ts';
import type {
  AdoptRecord,
  AttemptRecord,
  BeginRecord,
  BegunDownload,
  CsvMark,
  CsvStep,
  DownloadState,
  Ledger,
  ProjectedRow,
  RowIdentity,
} from '../ledger.ts';
import type { LoggedChange, RestoredRow } from '../replay.ts';
import type { StatusCursor } from '../status-page.ts';
import type { Alongside } from './alongside.ts';
import { Changes } from './changes.ts';
import { Files } from './files.ts';
import { History } from './history.ts';
import type { LeaseTerms } from './lease-terms.ts';
import { Leases } from './leases.ts';
import { lastAttemptOf, type RecordedAttempt, recordedAfter } from './recorded.ts';
import { Projections } from './projections.ts';
import { Rows } from './rows.ts';
import { Statuses } from './statuses.ts';
import type { Store } from './store.ts';
import { Upkeep } from './upkeep.ts';
import { Writer } from './writer.ts';

/** A ledger that several machines share. */
export interface SharedLedger extends Ledger {
  /**
   * The same as of any ledger, with something that is done in its transaction, or not at all.
   * @throws the error with which that is refused: then nothing was recorded
   */
  record<Part>(attempt: AttemptRecord, alongside?: Alongside<Part>): Promise<DownloadState>;
  /** The same for what is begun. */
  begin<Part>(download: BeginRecord, runId: string, alongside?: Alongside<Part>): Promise<BegunDownload>;
  /** What was begun will have no result: it is pending again, where its lease was not given away since. */
  abandon(begun: DownloadKey & { readonly lease: number }): Promise<void>;
  /** Attempts that any process recorded after this number, in the order of recording, at most `limit`. */
  recordedAfter(id: number, limit: number): Promise<readonly RecordedAttempt[]>;
  /** The number of the last attempt that is recorded; 0 before the first. */
  lastAttempt(): Promise<number>;
}

/** The ledger of one CSV in a store. What is begun through it stays begun as long as this process lives and reaches the store. */
export class PostgresLedger implements SharedLedger {
  readonly #store: Store;
  readonly #csvId: number;
  readonly #writer: Writer;
  readonly #rows: Rows;
  readonly #statuses: Statuses;
  readonly #changes: Changes;
  readonly #files: Files;
  readonly #history: History;
  readonly #projections: Projections;
  readonly #upkeep: Upkeep;
  readonly #leases: Leases;
  readonly #afterwards: () => Promise<void>;

  /** @param afterwards called when the ledger was closed */
  constructor(store: Store, csvId: number, lease: LeaseTerms, afterwards = () => Promise.resolve()) {
    this.#store = store;
    this.#csvId = csvId;
    this.#afterwards = afterwards;
    this.#writer = new Writer(store, csvId, lease);
    this.#leases = new Leases(store, csvId, lease);
    this.#rows = new Rows(store, csvId);
    this.#statuses = new Statuses(store, csvId);
    this.#changes = new Changes(store, csvId);
    this.#files = new Files(store, csvId);
    this.#history = new History(store, csvId);
    this.#projections = new Projections(store, csvId);
    this.#upkeep = new Upkeep(store, csvId, lease.holder);
  }

  async begin<Part>(download: BeginRecord, runId: string, alongside?: Alongside<Part>) {
    const begun = await this.#writer.change(
      [download.row.rowId],
      ({ recorder }) => recorder.begin(download, runId),
      // Whatever a part is, it goes to its own kind only.
      { alongside: (alongside ?? null) as Alongside | null },
    );
    this.#leases.hold(begun);
    return begun;
  }

  async record<Part>(attempt: AttemptRecord, alongside?: Alongside<Part>) {
    try {
      return await this.#writer.change([attempt.row.rowId], ({ recorder }) => recorder.record(attempt), {
        alongside: (alongside ?? null) as Alongside | null,
      });
    } finally {
      this.#leases.end({ rowId: attempt.row.rowId, downloadType: attempt.downloadType });
    }
  }

  async abandon(begun: DownloadKey & { readonly lease: number }) {
    this.#leases.end(begun);
    await this.#upkeep.abandon(begun);
  }

  recordedAfter(id: number, limit: number) {
    return recordedAfter(this.#store, this.#csvId, id, limit);
  }

  lastAttempt() {
    return lastAttemptOf(this.#store, this.#csvId);
  }

  reset(row: RowIdentity, downloadType: DownloadType, link: string | null) {
    return this.#writer.change([row.rowId], ({ recorder }) => recorder.reset(row, downloadType, link));
  }

  adopt(downloads: readonly AdoptRecord[]) {
    const rowIds = downloads.map(({ row }) => row.rowId);
    return this.#writer.change(rowIds, ({ recorder }) => recorder.adopt(downloads));
  }

  replay(changes: readonly LoggedChange[]) {
    const rowIds = changes.map((change) =>
      change.kind === 'attempt' ? change.attempt.row.rowId : change.rowId,
    );
    return this.#writer.change(rowIds, ({ replayer }) => replayer.replay(changes), { attempts: true });
  }

  restore(rows: readonly RestoredRow[]) {
    const rowIds = rows.map(({ row }) => row.rowId);
    return this.#writer.change(rowIds, ({ replayer }) => replayer.restore(rows));
  }

  loseItems(loss: ItemLoss) {
    return this.#writer.change([loss.rowId], ({ keeper }) => keeper.loseItems(loss));
  }

  regainItems(loss: ItemLoss) {
    return this.#writer.change([loss.rowId], ({ keeper }) => keeper.regainItems(loss));
  }

  holdItems(held: HeldDownload) {
    return this.#writer.change([held.row.rowId], ({ keeper }) => keeper.holdItems(held));
  }

  renameRow(from: string, to: string) {
    return this.#upkeep.renameRow(from, to);
  }

  recover() {
    return this.#upkeep.recover();
  }

  letIn(downloadType: DownloadType, credentials: string, causes: readonly string[]) {
    return this.#upkeep.letIn(downloadType, credentials, causes);
  }

  dueWith(downloadType: DownloadType, credentials: string, causes: readonly string[]) {
    return this.#upkeep.dueWith(downloadType, credentials, causes);
  }

  setLinks(links: readonly { readonly key: DownloadKey; readonly link: string }[]) {
    return this.#upkeep.setLinks(links);
  }

  forgetRow(rowId: string) {
    return this.#upkeep.forgetRow(rowId);
  }

  countRecordsOf(rowId: string) {
    return this.#upkeep.countRecordsOf(rowId);
  }

  scrub() {
    return this.#upkeep.scrub();
  }

  placesOf(texts: readonly string[]) {
    return this.#upkeep.placesOf(texts);
  }

  row(rowId: string) {
    return this.#rows.row(rowId);
  }

  rowsAfter(rowId: string | null, limit: number) {
    return this.#rows.rowsAfter(rowId, limit);
  }

  unprojected(seq: number, limit: number) {
    return this.#rows.unprojected(seq, limit);
  }

  statusesAfter(key: DownloadKey | null, limit: number, runId: string | null) {
    return this.#statuses.after(key, limit, runId);
  }

  statusesBeside(mark: CsvMark, cursor: StatusCursor | null, limit: number, runId: string | null) {
    return this.#statuses.beside(mark, cursor, limit, runId);
  }

  lastChange() {
    return this.#changes.last();
  }

  changesAfter(seq: number, limit: number) {
    return this.#changes.after(seq, limit);
  }

  openCausesAfter(key: DownloadKey | null, limit: number) {
    return this.#changes.openCauses(key, limit);
  }

  filesNamed(name: string) {
    return this.#files.named(name);
  }

  filesWithHash(sha256: string) {
    return this.#files.withHash(sha256);
  }

  filesOfMedium(medium: ItemKey) {
    return this.#files.ofMedium(medium);
  }

  itemsAfter(id: number, limit: number) {
    return this.#files.itemsAfter(id, limit);
  }

  totals() {
    return this.#files.totals();
  }

  wasProjected(rowId: string, cells: TrackingCells) {
    return this.#projections.wasProjected(rowId, cells);
  }

  markProjected(rows: readonly ProjectedRow[], mark: CsvMark | null, step?: CsvStep | null) {
    return this.#projections.markProjected(rows, mark, step);
  }

  stepsFrom(mark: CsvMark) {
    return this.#projections.stepsFrom(mark);
  }

  csvMark() {
    return this.#projections.csvMark();
  }

  recordSample(sample: MetricSample) {
    return this.#history.recordSample(sample);
  }

  samplesSince(at: string) {
    return this.#history.samplesSince(at);
  }

  dropSamples(before: string) {
    return this.#history.dropSamples(before);
  }

  attemptsSince(at: string | null) {
    return this.#history.attemptsSince(at);
  }

  recentErrors(limit: number) {
    return this.#history.recentErrors(limit);
  }

  attemptsOf(rowId: string) {
    return this.#history.attemptsOf(rowId);
  }

  /** Resolves when everything that was asked for is done. */
  async close(): Promise<void> {
    await this.#writer.close();
    await this.#leases.close();
    await this.#afterwards();
  }
}

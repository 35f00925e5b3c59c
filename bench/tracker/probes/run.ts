import { systemClock } from '../../../src/hosts/index.ts';
import { type DownloadType, DOWNLOAD_TYPES } from '../../../src/row/index.ts';
import { type CsvTracker, lendTracker } from '../../../src/tracker/index.ts';
import { Pacer } from '../../../src/workflow/pacing/pacer.ts';
import { planRun } from '../../../src/workflow/planning/plan.ts';
import { iterateTasks, type Task as Download } from '../../../src/workflow/planning/tasks.ts';
import { observe, timed } from '../../support/event-loop.ts';
import { sampleAttempt } from '../sample-result.ts';
import type { Probe } from '../task.ts';

const RUN_ID = 'bench';

/**
 * A run whose transfers take no time at all, so that what remains is our own: everything that the workflow asks of
 * tracker, ledger and pacer, one result for each row. With fewer results than rows, the time is projected onto all of them.
 */
export const run: Probe = async ({ csv, folder, count, concurrency }) => {
  await using lent = await lendTracker(csv);
  const { tracker } = lent;
  const projections: number[] = [];
  const pacer = new Pacer(
    async () => {
      projections.push(await timed(() => tracker.project()));
    },
    systemClock,
    (error) => {
      throw error;
    },
  );

  const prepared = await observe(() => prepare(tracker, folder));
  const planned = await observe(() => planRun(tracker, {}, new Date()));
  const { youtube, drive } = planned.result;
  const work = new Work(tracker, pacer, count);
  const worked = await observe(() => work.all(concurrency));
  const flushed = await observe(() => pacer.flush());
  const rows = await rowsWithLink(tracker);
  const share = work.results / rows;
  const phases = [prepared, planned, worked, flushed];
  const ownMs = prepared.milliseconds + planned.milliseconds + worked.milliseconds / share;
  const total = (of: (phase: (typeof phases)[number]) => number) =>
    phases.reduce((sum, phase) => sum + of(phase), 0);
  return {
    seconds: [(ownMs + flushed.milliseconds) / 1000],
    results: [work.results],
    measuredShare: [share],
    toFetch: [youtube.toFetch + drive.toFetch],
    prepareMs: [prepared.milliseconds],
    planMs: [planned.milliseconds],
    workMs: [worked.milliseconds],
    resultsPerSecond: [(work.results * 1000) / worked.milliseconds],
    flushMs: [flushed.milliseconds],
    cpuSeconds: [total(({ cpuMilliseconds }) => cpuMilliseconds) / 1000],
    projections: [projections.length],
    projectionMs: projections,
    blockMs: [Math.max(...phases.map(({ blockMilliseconds }) => blockMilliseconds))],
    prepareBlockMs: [prepared.blockMilliseconds],
    planBlockMs: [planned.blockMilliseconds],
    workBlockMs: [worked.blockMilliseconds],
    flushBlockMs: [flushed.blockMilliseconds],
  };
};

/** As a run begins, before anything is fetched. */
async function prepare(tracker: CsvTracker, folder: string): Promise<void> {
  tracker.backUpAgain();
  await (await tracker.existingLedger())?.recover();
  await tracker.rebuild({ youtube: folder, drive: folder });
  await tracker.sync();
  await tracker.ensureColumns();
}

class Work {
  readonly #tracker: CsvTracker;
  readonly #pacer: Pacer;
  readonly #most: number;
  results = 0;

  constructor(tracker: CsvTracker, pacer: Pacer, most: number) {
    this.#tracker = tracker;
    this.#pacer = pacer;
    this.#most = most;
  }

  async all(concurrency: number): Promise<void> {
    await Promise.all(DOWNLOAD_TYPES.map((type) => this.#workOff(type, concurrency)));
  }

  async #workOff(type: DownloadType, concurrency: number): Promise<void> {
    const downloads = iterateTasks({
      tracker: this.#tracker,
      downloadType: type,
      options: {},
      now: () => new Date(),
      runId: RUN_ID,
      limit: Infinity,
    });
    const transfer = async () => {
      for (;;) {
        const next = await downloads.next();
        if (next.done === true || this.results >= this.#most) return;
        if (isTheRowsOne(next.value)) await this.#attempt(next.value);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, transfer));
    await downloads.return(undefined);
  }

  /** The same calls as an attempt of the workflow, in the same order. */
  async #attempt({ row, downloadType, link }: Download): Promise<void> {
    this.results++;
    const { rowId, type, name, email } = row.context;
    const ledger = await this.#tracker.ledger();
    const begun = await ledger.begin({ row: { rowId, type, name, email }, downloadType, link }, RUN_ID);
    this.#pacer.poke();
    await this.#tracker.record(sampleAttempt(row.context, downloadType, link, begun));
    this.#pacer.poke();
  }
}

/** One result per row: the YouTube one where there is such a link. */
function isTheRowsOne({ row, downloadType }: Download): boolean {
  return downloadType === 'youtube' || row.links.youtube === '';
}

async function rowsWithLink(tracker: CsvTracker): Promise<number> {
  await using snapshot = await tracker.snapshot();
  let rows = 0;
  for (let row = 0; row < snapshot.index.rowCount; row++) {
    if (DOWNLOAD_TYPES.some((type) => snapshot.index.hasLink(row, type))) rows++;
  }
  return rows;
}

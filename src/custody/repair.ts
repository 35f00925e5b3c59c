import { mkdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errnoOf, fileError, messageOf, RowtrailError } from '../errors/index.ts';
import { cloneFile, hashFile, moveIfFree, syncFolder, writeDurably } from '../files/index.ts';
import { type CsvTracker, withTracker } from '../tracker/index.ts';
import type { Finding, Repair } from './findings.ts';
import { type Journal, lastJournal, markUndone, type Step, writeJournal } from './repair-journal.ts';
import { type Verification, type VerifyOptions, verifyWith } from './verify.ts';

export interface RepairOptions extends VerifyOptions {
  /** True does it; else it is only said what would be done. */
  readonly apply?: boolean | undefined;
}

/** What became of one step. */
export interface StepResult {
  readonly step: Repair;
  /** Why it was not done, or could not be taken back; null when it was. */
  readonly problem: string | null;
}

export interface RepairReport extends Verification {
  readonly applied: boolean;
  readonly steps: readonly StepResult[];
}

const REPAIRS = 'repairs';

/**
 * Mends what `verifyDownloads` finds, where that needs no guessing: files get their names back, lost ones are taken from another row's copy or
 * made pending, sidecars are written again from the ledger, and what is proven on the disk is taken into the ledger. No file is deleted
 * or written over; what was done can be taken back by `undoRepair`. A kill in the middle leaves a part that is done, and that can be.
 * @throws RowtrailError `locked` while a run works on the CSV
 */
export function repairDownloads(csvPath = 'output.csv', options: RepairOptions = {}): Promise<RepairReport> {
  return withTracker(
    csvPath,
    async (tracker) => {
      if (options.apply !== true) {
        const seen = await verifyWith(tracker, options);
        return {
          ...seen,
          applied: false,
          steps: repairsOf(seen.findings).map((step) => ({ step, problem: null })),
        };
      }
      await using lock = await mustLock(tracker);
      void lock;
      const seen = await verifyWith(tracker, options);
      const steps = await apply(tracker, repairsOf(seen.findings), options);
      return { ...seen, applied: true, steps };
    },
    options,
  );
}

/**
 * Takes the last repair of a CSV back. What it wrote is moved aside beside the ledger, not deleted.
 * @returns what was taken back, the last step first; null when there is nothing to take back
 */
export function undoRepair(
  csvPath = 'output.csv',
  options: RepairOptions = {},
): Promise<readonly StepResult[] | null> {
  return withTracker(
    csvPath,
    async (tracker) => {
      await using lock = await mustLock(tracker);
      void lock;
      const journal = await lastJournal(join(tracker.place.folder, REPAIRS));
      if (journal === null) return null;
      const results: StepResult[] = [];
      for (const step of journal.steps.toReversed())
        results.push({ step, problem: await attempt(() => takeBack(tracker, step, journal)) });
      await markUndone(journal);
      await tracker.project();
      return results;
    },
    options,
  );
}

async function mustLock(tracker: CsvTracker) {
  const lock = await tracker.tryRunLock();
  if (lock !== null) return lock;
  throw new RowtrailError('locked', 'another rowtrail run works on this CSV', { file: tracker.place.csv });
}

/** Each repair once: several findings may ask for the same. */
function repairsOf(findings: readonly Finding[]): readonly Repair[] {
  const repairs = new Map<string, Repair>();
  for (const { repair } of findings) if (repair !== null) repairs.set(JSON.stringify(repair), repair);
  return [...repairs.values()];
}

async function apply(
  tracker: CsvTracker,
  repairs: readonly Repair[],
  { now = () => new Date() }: RepairOptions,
): Promise<readonly StepResult[]> {
  if (repairs.length === 0) return [];
  const steps: Step[] = [];
  for (const repair of repairs) steps.push(await prepared(tracker, repair));
  await writeJournal(join(tracker.place.folder, REPAIRS), now(), steps);
  const results: StepResult[] = [];
  for (const step of steps) results.push({ step, problem: await attempt(() => doStep(tracker, step)) });
  await tracker.project();
  return results;
}

/** A download that only the CSV knows is taken over first: then it can be lost, and had again. */
async function prepared(tracker: CsvTracker, repair: Repair): Promise<Step> {
  if (repair.do !== 'reset') return repair;
  const { rowId, downloadType } = repair;
  await tracker.prepareRow(rowId);
  const state = (await (await tracker.ledger()).row(rowId))?.downloads[downloadType];
  const { generation = 1, mediaIds = [], files = [] } = state ?? {};
  const message = 'Its files are not on the disk';
  return {
    do: 'pending_again',
    loss: { rowId, downloadType, generation, items: [], message, shown: { mediaIds, files } },
  };
}

async function doStep(tracker: CsvTracker, step: Step): Promise<void> {
  const ledger = await tracker.ledger();
  switch (step.do) {
    case 'rename':
      for (const { from, to } of step.moves) await move(from, to);
      return;
    case 'copy':
      return copy(step);
    case 'write_sidecar':
      if (step.aside !== null) await move(step.path, step.aside);
      return putText(step.path, step.text);
    case 'pending_again':
      return mustChange(await ledger.loseItems(step.loss));
    case 'take_in':
      return mustChange(await ledger.holdItems(step.held));
  }
}

async function takeBack(tracker: CsvTracker, step: Step, journal: Journal): Promise<void> {
  const ledger = await tracker.ledger();
  const asideFolder = journal.path.replace(/\.json$/, '');
  switch (step.do) {
    case 'rename':
      for (const { from, to } of step.moves.toReversed()) await move(to, from);
      return;
    case 'copy':
      return moveAside(step.to, join(asideFolder, basename(step.to)));
    case 'write_sidecar':
      await moveAside(step.path, join(asideFolder, basename(step.path)));
      if (step.aside !== null) await move(step.aside, step.path);
      return;
    case 'pending_again':
      return mustChange(await ledger.regainItems(step.loss));
    case 'take_in': {
      const { row, downloadType, generation, items } = step.held;
      const message = 'It was taken in by a repair that was taken back';
      const keys = new Set(items.map(({ kind, mediaId }) => `${kind}:${mediaId}`));
      const held = (await ledger.itemsAfter(0, Number.MAX_SAFE_INTEGER)).filter(
        (item) =>
          item.rowId === row.rowId &&
          item.generation === generation &&
          keys.has(`${item.kind}:${item.mediaId}`),
      );
      const lost = { rowId: row.rowId, downloadType, generation, message };
      return mustChange(await ledger.loseItems({ ...lost, items: held.map(({ id }) => ({ itemId: id })) }));
    }
  }
}

function mustChange(changed: boolean): void {
  if (!changed) throw new RowtrailError('locked', 'the row was worked on meanwhile: verify again');
}

/** @returns what went wrong in one sentence, or null */
async function attempt(work: () => Promise<void>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof RowtrailError || errnoOf(error) !== undefined) return messageOf(error);
    throw error;
  }
}

async function move(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  let moved: boolean;
  try {
    moved = await moveIfFree(from, to);
  } catch (error) {
    if (errnoOf(error) !== 'EXDEV') throw fileError(error, 'It cannot be moved', { file: from });
    // On another file system: a copy gets the name, and the file stays where it is.
    moved = (await cloneFile(from, to, false)) === 'copy';
  }
  if (!moved) throw new RowtrailError('write_failed', 'Something has its name already', { file: to });
  await syncFolder(dirname(to));
}

/** What a repair wrote goes away from where it stands, also to another file system: there the same bytes have to be first. */
async function moveAside(from: string, to: string): Promise<void> {
  await move(from, to);
  const left = await hashFile(from).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  });
  if (left === null) return;
  if ((await hashFile(to)).sha256 !== left.sha256)
    throw new RowtrailError('file_changing', 'It changes while it is moved', { file: from });
  await rm(from);
  await syncFolder(dirname(from));
}

async function copy({ from, to, sha256 }: Extract<Step, { do: 'copy' }>): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const part = join(dirname(to), `.rowtrail-copy-${basename(to)}`);
  await cloneFile(from, part);
  const found = await hashFile(part);
  if (found.sha256 !== sha256)
    throw new RowtrailError('file_changing', 'It has not the bytes on record any more', { file: from });
  await move(part, to);
}

async function putText(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const part = join(dirname(path), `.rowtrail-new-${basename(path)}`);
  await writeDurably(part, Buffer.from(text));
  await move(part, path);
}

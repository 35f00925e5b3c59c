import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';

const FORMAT = 1;
/** A note that is larger was not written by a run. */
const MOST_BYTES = 512 * 1024;
const MOST_TRANSFERS = 256;
const MOST_FAILURES = 8;
const MOST_TEXT = 500;

const text = z.string().max(MOST_TEXT * 4);
const time = z.iso.datetime();
const count = z.number().min(0);
const type = z.enum(['youtube', 'drive']);
const totals = z.object({
  done: count,
  total: count,
  bytesPerSecond: count.nullable(),
  etaSeconds: count.nullable(),
});

const schema = z.object({
  format: z.literal(FORMAT),
  runId: text,
  pid: z.number().int(),
  since: time,
  /** What the run was asked for from outside, and has heeded. */
  wish: z.enum(['run', 'pause', 'stop']),
  totals: totals.extend({ sources: z.object({ youtube: totals, drive: totals }) }),
  active: z
    .array(
      z.object({
        rowId: text,
        downloadType: type,
        label: text,
        title: text.nullable().optional(),
        receivedBytes: count,
        totalBytes: count.nullable(),
        bytesPerSecond: count.nullable(),
        etaSeconds: count.nullable(),
      }),
    )
    .max(MOST_TRANSFERS),
  failures: z
    .array(z.object({ rowId: text, downloadType: type, message: text, nextStep: text }))
    .max(MOST_FAILURES),
  ended: z
    .object({
      at: time,
      exit: z.enum(['done', 'incomplete', 'interrupted', 'error']),
      message: text.nullable(),
    })
    .nullable(),
});

/** What a run tells other processes of itself: row_ids and titles of what is fetched, no names and no e-mails. */
export type RunNote = Readonly<Omit<z.output<typeof schema>, 'format'>>;
export type RunTransfer = Readonly<RunNote['active'][number]>;
export type RunFailure = Readonly<RunNote['failures'][number]>;

/**
 * Replaces a run's note in one step. It is for display: a kill leaves the one before, a loss of power may take it.
 * @throws Error where the file cannot be written
 */
export async function writeRunNote(file: string, note: RunNote): Promise<void> {
  const cut = {
    ...note,
    active: note.active.slice(0, MOST_TRANSFERS).map((each) => ({
      ...each,
      label: shortened(each.label),
      title: each.title && shortened(each.title),
    })),
    failures: note.failures
      .slice(0, MOST_FAILURES)
      .map((each) => ({ ...each, message: shortened(each.message), nextStep: shortened(each.nextStep) })),
    ended: note.ended && { ...note.ended, message: note.ended.message && shortened(note.ended.message) },
  };
  await replaceFile(file, `${JSON.stringify({ format: FORMAT, ...cut })}\n`);
}

/** The note of the present or the last run; null where there is none. What cannot be read counts as none. */
export async function readRunNote(file: string): Promise<RunNote | null> {
  const parsed = schema.safeParse(await readJson(file));
  if (!parsed.success) return null;
  const { format: _, ...note } = parsed.data;
  return note;
}

/** Replaces a small file in one step. */
export async function replaceFile(file: string, content: string): Promise<void> {
  const temp = `${file}.${process.pid}.new`;
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(temp, content, { mode: 0o600 });
    await rename(temp, file);
  } catch (error) {
    await rm(temp, { force: true });
    throw error;
  }
}

/** The content of a small file; undefined for one that is none, is too large or no JSON. */
export async function readJson(file: string): Promise<unknown> {
  try {
    await using handle = await open(file, 'r');
    const stat = await handle.stat();
    if (!stat.isFile() || stat.size > MOST_BYTES) return undefined;
    return JSON.parse(await handle.readFile('utf8'));
  } catch {
    return undefined;
  }
}

function shortened(given: string): string {
  return given.length > MOST_TEXT ? `${given.slice(0, MOST_TEXT).toWellFormed()}…` : given;
}

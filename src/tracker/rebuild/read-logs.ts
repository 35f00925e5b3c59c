import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { givingWay } from '../../files/index.ts';
import type { LoggedChange } from '../../ledger/index.ts';
import { CHANGE_LOG } from '../change-log.ts';
import { EarlierLines } from './earlier-lines.ts';
import { changeIn, type LoggedRename } from './log-format.ts';

/** A playlist of thousands of videos fits; a longer line is none that we wrote. */
const MAX_LINE_BYTES = 16 << 20;
const CHUNK_BYTES = 1 << 18;
const NEW_LINE = 0x0a;

/** The logs of a CSV's runs, the oldest first, and after them that of the changes between runs. */
export async function logsIn(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.log'));
  const runs = names.filter((name) => name !== CHANGE_LOG).toSorted();
  return [...runs, ...names.filter((name) => name === CHANGE_LOG)].map((name) => join(folder, name));
}

/**
 * Every change that logs tell of. A line that is torn, broken, too long or none of ours is passed over, and so is a log that cannot be
 * read: what they would say is not known then, and nothing is put in its place. Their memory does not grow with the logs.
 */
export async function* changesIn(logs: readonly string[]): AsyncGenerator<LoggedChange> {
  const earlier = new EarlierLines();
  const names = await namesIn(logs);
  const pause = givingWay();
  for (const log of logs) {
    earlier.begin();
    for await (const line of linesOf(log)) {
      await pause();
      const value = parsed(line);
      const change = changeIn(value);
      if (change?.kind === 'rename') continue;
      if (change?.kind === 'attempt') earlier.settle(change.attempt);
      const found = change ?? earlier.attemptIn(value);
      if (found !== null) yield names.size === 0 ? found : underItsName(found, names);
    }
  }
}

/** Rows that got another row_id, by the one of before. */
type Names = ReadonlyMap<string, readonly LoggedRename[]>;

async function namesIn(logs: readonly string[]): Promise<Names> {
  const renames: LoggedRename[] = [];
  for (const log of logs.filter((path) => basename(path) === CHANGE_LOG))
    for await (const line of linesOf(log)) {
      const change = line.includes('"renamed"') ? changeIn(parsed(line)) : null;
      if (change?.kind === 'rename') renames.push(change);
    }
  return Map.groupBy(renames, ({ from }) => from);
}

/** The row_ids that a row had before, as the logs tell. */
export async function earlierIdsOf(rowId: string, logs: readonly string[]): Promise<readonly string[]> {
  const ids = new Set([rowId]);
  const renames = [...(await namesIn(logs)).values()].flat();
  for (const { from, to } of renames.toSorted((a, b) => (a.at < b.at ? 1 : -1)))
    if (ids.has(to)) ids.add(from);
  ids.delete(rowId);
  return [...ids];
}

/** What was logged of a row before it was renamed belongs to the row_id that it has now. */
function underItsName(change: LoggedChange, names: Names): LoggedChange {
  let rowId = change.kind === 'reset' ? change.rowId : change.attempt.row.rowId;
  let at = change.kind === 'reset' ? change.at : change.attempt.endedAt;
  for (;;) {
    const next = names.get(rowId)?.find((rename) => rename.at > at);
    if (next === undefined) break;
    ({ at, to: rowId } = next);
  }
  if (change.kind === 'reset') return { ...change, rowId };
  return { ...change, attempt: { ...change.attempt, row: { ...change.attempt.row, rowId } } };
}

async function* linesOf(path: string): AsyncGenerator<Buffer> {
  let kept: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
      const bytes = chunk as Buffer;
      let from = 0;
      for (let at = bytes.indexOf(NEW_LINE); at >= 0; at = bytes.indexOf(NEW_LINE, from)) {
        const part = bytes.subarray(from, at);
        if (length + part.length <= MAX_LINE_BYTES)
          yield kept.length === 0 ? part : Buffer.concat([...kept, part]);
        kept = [];
        length = 0;
        from = at + 1;
      }
      length += bytes.length - from;
      if (length <= MAX_LINE_BYTES) kept.push(bytes.subarray(from));
      else kept = [];
    }
    if (kept.length > 0) yield Buffer.concat(kept);
  } catch {
    // What cannot be read tells nothing.
  }
}

function parsed(line: Buffer): unknown {
  if (line.length === 0 || !isUtf8(line)) return null;
  try {
    return JSON.parse(line.toString('utf8'));
  } catch {
    return null;
  }
}

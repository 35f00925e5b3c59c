import { basename, dirname } from 'node:path';
import { placeIn } from '../../files/index.ts';
import type { HeldFile } from '../claims.ts';
import type { Finding, Repair } from '../findings.ts';
import { about } from './about.ts';
import type { Evidence } from './evidence.ts';

/** Whether a file that the ledger holds is there as it was stored. */
export function judgeHeldFile(file: HeldFile, evidence: Evidence): readonly Finding[] {
  const { item, path, size, sha256 } = file;
  const there = evidence.world.disk.get(path);
  if (there === undefined) return missing(file, evidence);
  const read = evidence.hashes.get(path);
  if (read !== undefined && 'failure' in read) {
    const why =
      read.failure === 'changed'
        ? 'somebody writes into it: verify again when it is still'
        : `it cannot be read (${read.failure})`;
    return [about('unreadable_file', path, why, null, item)];
  }
  if (there.size < size) {
    const message = `it has ${there.size} bytes where ${size} were stored`;
    return [about('truncated_file', path, message, pendingAgain(file), item)];
  }
  if (there.size > size) {
    const message = `it has ${there.size} bytes where ${size} were stored`;
    return [about('changed_file', path, message, null, item)];
  }
  if (read === undefined || read.sha256 === sha256) return [];
  return [about('changed_file', path, 'it has the size on record, and other bytes', null, item)];
}

function missing(file: HeldFile, evidence: Evidence): readonly Finding[] {
  const { item, path, sha256 } = file;
  const holders = evidence.holdersOf(file);
  if (holders.length === 0)
    return [about('missing_file', path, 'it is gone, and so are its bytes', pendingAgain(file), item)];
  const free = holders.find((each) => evidence.isFree(each, item) && !evidence.found.has(each));
  if (free === undefined) {
    const from = holders[0] ?? path;
    const message = `it is gone; ${from} has the same bytes`;
    return [about('missing_file', path, message, { do: 'copy', from, to: path, sha256 }, item)];
  }
  evidence.found.add(free);
  const moves = [{ from: free, to: path }, ...sidecarMoves(file, free, evidence)];
  return [about('misnamed_file', path, `it is called ${free} now`, { do: 'rename', moves }, item)];
}

/** The sidecar goes back with its file, where it went with it. */
function sidecarMoves(
  { item, path }: HeldFile,
  free: string,
  { claims, sidecarAt }: Evidence,
): readonly { from: string; to: string }[] {
  const beside = claims.listedAt.get(free)?.[0]?.sidecarPath;
  if (beside === undefined || item.metadataFile === null) return [];
  const to = placeIn(dirname(path), basename(item.metadataFile));
  const isTaken = sidecarAt.has(to);
  return isTaken || beside === to || item.files.length > 1 ? [] : [{ from: beside, to }];
}

function pendingAgain({ item, path }: HeldFile): Repair {
  const { id, rowId, downloadType, generation } = item;
  const message = `Its file is not on the disk as it was stored: ${basename(path)}`;
  return { do: 'pending_again', loss: { rowId, downloadType, generation, items: [{ itemId: id }], message } };
}

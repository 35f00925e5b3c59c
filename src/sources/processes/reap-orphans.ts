import { basename } from 'node:path';
import { signalGroup } from './kill-group.ts';
import { ownerOf } from './owner-mark.ts';
import { listProcesses, type ProcessEntry } from './process-table.ts';

/** Programs that yt-dlp starts; without a living leader they are left over. */
const HELPERS = new Set(['ffmpeg', 'ffprobe']);

/**
 * Kills what an earlier process left running in a folder when both it and its guardian were killed: groups of ours
 * (by the mark in their command line) that name the folder and whose starter is gone. Children of living processes,
 * our own and others', are left alone.
 * @param folder an absolute path
 * @returns how many groups were killed
 */
export async function reapOrphans(folder: string): Promise<number> {
  const orphans = orphanGroups(await listProcesses(), { folder, uid: process.getuid?.() ?? -1 });
  return orphans.filter((group) => signalGroup(group, 'SIGKILL')).length;
}

/** The groups that nobody owns any more, among processes of one user that name a folder. */
export function orphanGroups(
  processes: readonly ProcessEntry[],
  { folder, uid }: { readonly folder: string; readonly uid: number },
): readonly number[] {
  const named = processes.filter((entry) => entry.uid === uid && entry.commandLine.includes(folder));
  const leaders = new Map(
    processes.filter(({ pid, group }) => pid === group).map((entry) => [entry.pid, entry]),
  );
  const orphaned = named.filter((entry) => {
    const leader = leaders.get(entry.group);
    if (leader === undefined) return ownerOf(entry.commandLine) !== null || isHelper(entry);
    const owner = ownerOf(leader.commandLine);
    // A child whose starter died has been given another parent.
    return owner !== null && leader.parent !== owner;
  });
  return [...new Set(orphaned.map((entry) => entry.group))];
}

function isHelper({ commandLine }: ProcessEntry): boolean {
  return HELPERS.has(basename(commandLine.split(' ')[0] ?? ''));
}

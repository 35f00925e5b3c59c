import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';

/** Which process started which: process ids by the id of their parent. Processes that have ended are left out. */
export type ProcessTree = ReadonlyMap<number, readonly number[]>;

/**
 * The processes of this machine. Linux is asked through `/proc`, because slim images have no `ps`; other systems through `ps`.
 * Empty where neither can be asked.
 */
export async function readProcessTree(): Promise<ProcessTree> {
  const pairs = process.platform === 'linux' ? await fromProc() : parseParents(await askPs());
  const tree = new Map<number, number[]>();
  for (const [pid, parent] of pairs) {
    const children = tree.get(parent);
    if (children === undefined) tree.set(parent, [pid]);
    else children.push(pid);
  }
  return tree;
}

/** How many processes a process started, directly and through others. Pure. */
export function countDescendants(tree: ProcessTree, pid: number): number {
  const seen = new Set([pid]);
  const waiting = [pid];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const child of tree.get(at) ?? []) {
      if (seen.has(child)) continue;
      seen.add(child);
      waiting.push(child);
    }
  }
  return seen.size - 1;
}

/** The lines of `ps -o pid=,ppid=,stat=`, read: process and parent. Pure. */
export function parseParents(text: string): readonly (readonly [number, number])[] {
  return text.split('\n').flatMap((line) => {
    const [, pid, parent, state] = /^\s*(\d+)\s+(\d+)\s+(\S+)/.exec(line) ?? [];
    return state === undefined || state.startsWith('Z') ? [] : [[Number(pid), Number(parent)] as const];
  });
}

async function askPs(): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,stat='], {
      maxBuffer: 16 << 20,
    });
    return stdout;
  } catch {
    return '';
  }
}

/** Processes that are asked in one turn of the event loop: a millisecond or two. */
const AT_ONCE = 100;

/** Read in this thread: the kernel answers out of memory in 10 µs, where the way through another thread and back takes ten times that. */
async function fromProc(): Promise<readonly (readonly [number, number])[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const pairs: (readonly [number, number])[] = [];
  for (const [at, pid] of pids.entries()) {
    if (at > 0 && at % AT_ONCE === 0) await setImmediate();
    const pair = parentOf(pid);
    if (pair !== null) pairs.push(pair);
  }
  return pairs;
}

function parentOf(pid: string): readonly [number, number] | null {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold spaces and brackets of its own: the fields begin after the last one.
    const [state, parent] = line.slice(line.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? null : [Number(pid), Number(parent)];
  } catch {
    return null;
  }
}

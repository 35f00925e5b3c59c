import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';

/** A process as the system shows it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /** The process group; its leader has the same number. */
  readonly group: number;
  readonly uid: number;
  /** The command line, its arguments joined by spaces. */
  readonly commandLine: string;
}

/**
 * Every process of this machine whose command line can be read. Linux is asked through `/proc`, because slim images
 * have no `ps`; other systems through `ps`.
 * @throws the system error when neither can be asked
 */
export async function listProcesses(): Promise<readonly ProcessEntry[]> {
  return process.platform === 'linux' ? fromProc() : parsePs(await askPs());
}

/** The lines of `ps -o pid=,ppid=,pgid=,uid=,args=`, read. */
export function parsePs(text: string): readonly ProcessEntry[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s(.*)$/.exec(line);
    if (match === null) return [];
    const [pid = 0, parent = 0, group = 0, uid = 0] = match.slice(1, 5).map(Number);
    return [{ pid, parent, group, uid, commandLine: match[5] ?? '' }];
  });
}

async function askPs(): Promise<string> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'pid=,ppid=,pgid=,uid=,args='], {
    maxBuffer: 64 << 20,
  });
  return stdout;
}

async function fromProc(): Promise<readonly ProcessEntry[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const entries = await Promise.all(pids.map(procEntry));
  return entries.filter((entry) => entry !== null);
}

/** Null for a process that ended while it was read, and for a kernel thread, which has no command line. */
async function procEntry(pid: string): Promise<ProcessEntry | null> {
  try {
    const commandLine = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ').trimEnd();
    if (commandLine === '') return null;
    const [line, { uid }] = await Promise.all([readFile(`/proc/${pid}/stat`, 'utf8'), stat(`/proc/${pid}`)]);
    // The name in brackets may hold spaces and brackets of its own: the fields begin after the last one.
    const [, parent, group] = line.slice(line.lastIndexOf(')') + 2).split(' ');
    return { pid: Number(pid), parent: Number(parent), group: Number(group), uid, commandLine };
  } catch {
    return null;
  }
}

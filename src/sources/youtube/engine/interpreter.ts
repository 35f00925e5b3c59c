import { open } from 'node:fs/promises';
import { basename, delimiter, isAbsolute, join } from 'node:path';
import { isProgram } from '../is-program.ts';

/** How to start a Python that can import yt_dlp. */
export interface Interpreter {
  /** Path of the Python. */
  readonly python: string;
  /** The zip application that holds yt_dlp, or null where it is installed for that Python. */
  readonly zipapp: string | null;
}

/** Long enough for the first two lines of any script. */
const HEAD_BYTES = 1024;

/**
 * The Python that a yt-dlp script names in its first line: the first `python3` on PATH may be one that has no yt_dlp.
 * Nothing is started; whether the import works is seen when it is tried.
 * @param path of yt-dlp
 * @returns null for what is no Python script, such as a standalone executable
 */
export async function interpreterOf(path: string, env: NodeJS.ProcessEnv): Promise<Interpreter | null> {
  const head = await headOf(path);
  const python = pythonIn(head.toString('latin1'));
  if (python === null) return null;
  const found = isAbsolute(python) ? python : await onPath(python, env);
  if (found === null || !(await isProgram(found))) return null;
  return { python: found, zipapp: isZip(head) ? path : null };
}

/** The Python of a script's first lines: a path, or a name to look for on PATH. Null where it is none. Pure. */
export function pythonIn(head: string): string | null {
  const [first = '', second = ''] = head.split('\n');
  if (!first.startsWith('#!')) return null;
  const [program = '', ...rest] = first.slice(2).trim().split(/\s+/);
  const name = basename(program);
  if (name === 'env') {
    const named = rest.find((word) => !word.startsWith('-')) ?? '';
    return isPython(named) ? named : null;
  }
  if (isPython(program)) return program;
  // An interpreter whose path is too long or holds a space: pip then writes a script for two languages.
  const quoted = /^'''exec' "?([^"]+?)"? "\$0" "\$@"/.exec(second)?.[1];
  return name === 'sh' && quoted !== undefined && isPython(quoted) ? quoted : null;
}

function isPython(program: string): boolean {
  return /^(?:python|pypy)[0-9.]*$/.test(basename(program));
}

async function headOf(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** A zip application is an archive behind one line. */
function isZip(head: Buffer): boolean {
  const end = head.indexOf('\n');
  return head.subarray(end + 1, end + 5).toString('latin1') === 'PK\u0003\u0004';
}

async function onPath(name: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const folder of folders) {
    if (await isProgram(join(folder, name))) return join(folder, name);
  }
  return null;
}

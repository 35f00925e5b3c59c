import { closeSync, constants, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileError, RowtrailError } from '../errors/index.ts';
import { givingWay } from './give-way.ts';
import { isBrokenSidecar, parseSidecar } from './parse-sidecar.ts';
import type { Sidecar } from './sidecar-format.ts';
import { isSidecarName, MAX_SIDECAR_BYTES } from './sidecar-name.ts';
import { walkFolder } from './walk.ts';
import { type ReadingGauge, warmedUp } from './warm-up.ts';

/** A file with a sidecar's name, and what is in it. */
export interface ScannedSidecar {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly sidecar: Sidecar | null;
  /** Why it cannot be read: its JSON is broken, or a newer rowtrail wrote it. Null also for a file that is no sidecar at all. */
  readonly problem: 'broken' | 'newer' | null;
}

export interface SidecarScan {
  /** Whether the folders in the folder are scanned, too. */
  readonly deep: boolean;
  /** Only those whose bytes hold one of these texts (as they stand in JSON); looking is many times faster than reading. */
  readonly containing?: readonly string[];
  /** Or whose path is such a one. */
  readonly orNamed?: (path: string) => boolean;
  /** Or that list no files, as those of earlier tools. */
  readonly orEarlier?: boolean;
  /** Sees the bytes of every one, for those who look for more than one thing in one pass; not to be kept. */
  readonly onBytes?: (path: string, bytes: Buffer) => void;
}

/** Nearly every sidecar fits. */
const BUFFER_BYTES = 1 << 16;
/** A pipe of a sidecar's name has nobody who writes: it must not be waited for. */
const WITHOUT_WAITING = constants.O_RDONLY | constants.O_NONBLOCK;
const VERSION_KEY = Buffer.from('"format_version"');

/**
 * The sidecars of a folder, in no order; a folder that does not exist has none.
 * Read synchronously, because a promise would cost several times what the reading does; others get their turn every few milliseconds.
 * What comes from the disk is read ahead by threads.
 * @throws RowtrailError `access_denied` when the folder itself cannot be read
 */
export async function* scanFolder(root: string, scan: SidecarScan): AsyncGenerator<ScannedSidecar> {
  const needles = scan.containing?.map((text) => Buffer.from(text));
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  const pause = givingWay();
  const onUnreadable = (folder: string, error: unknown) => {
    if (folder === '') throw fileError(error, 'The download folder cannot be read', { file: root });
  };
  const gauge: ReadingGauge = { reads: 0, ms: 0 };
  const paths = sidecarPaths(root, scan.deep, onUnreadable);
  for await (const path of warmedUp(root, paths, gauge)) {
    await pause();
    const began = performance.now();
    const bytes = readNow(join(root, path), buffer);
    gauge.reads++;
    gauge.ms += performance.now() - began;
    if (bytes === null) continue;
    scan.onBytes?.(path, bytes);
    const isWanted =
      needles === undefined ||
      needles.some((needle) => bytes.includes(needle)) ||
      scan.orNamed?.(path) === true ||
      (scan.orEarlier === true && !bytes.includes(VERSION_KEY));
    if (isWanted) yield scanned(path, bytes.toString('utf8'));
  }
}

async function* sidecarPaths(
  root: string,
  deep: boolean,
  onUnreadable: (folder: string, error: unknown) => void,
): AsyncGenerator<string> {
  for await (const { path, entry } of walkFolder(root, deep, onUnreadable))
    if (isSidecarName(entry.name)) yield path;
}

function scanned(path: string, json: string): ScannedSidecar {
  try {
    const sidecar = parseSidecar(json, path);
    return { path, sidecar, problem: sidecar === null && isBrokenSidecar(json) ? 'broken' : null };
  } catch (error) {
    if (!(error instanceof RowtrailError)) throw error;
    return { path, sidecar: null, problem: 'newer' };
  }
}

/** Null for what is none of ours: a folder, a huge file, one that is gone or may not be read. */
function readNow(path: string, buffer: Buffer): Buffer | null {
  try {
    const file = openSync(path, WITHOUT_WAITING);
    try {
      const length = readSync(file, buffer, 0, buffer.length, 0);
      if (length < buffer.length) return buffer.subarray(0, length);
    } finally {
      closeSync(file);
    }
    return statSync(path).size > MAX_SIDECAR_BYTES ? null : readFileSync(path);
  } catch {
    return null;
  }
}

import { isBrokenSidecar, parseSidecar } from '../parse-sidecar.ts';
import { basename } from 'node:path';
import { RowtrailError } from '../../errors/index.ts';
import type { ScannedSidecar, SidecarScan } from '../scan-sidecars.ts';
import { isSidecarName, MAX_SIDECAR_BYTES } from '../sidecar-name.ts';
import type { FolderContent } from '../walk.ts';
import type { BucketClient } from './bucket.ts';

/** Sidecars that are read at the same time. */
const AT_ONCE = 32;

/** The sidecars of a bucket, in no order: it is listed, and each of them is read. @throws RowtrailError storage_unreachable, storage_refused */
export async function* scanBucket(bucket: BucketClient, scan: SidecarScan): AsyncGenerator<ScannedSidecar> {
  const needles = scan.containing?.map((text) => Buffer.from(text));
  const reading: Promise<{ readonly path: string; readonly text: string | null }>[] = [];
  const isWanted = (path: string, bytes: Buffer) =>
    needles === undefined ||
    needles.some((needle) => bytes.includes(needle)) ||
    scan.orNamed?.(path) === true ||
    (scan.orEarlier === true && !bytes.includes('"format_version"'));
  const next = async (): Promise<ScannedSidecar | null> => {
    const first = await reading.shift();
    if (first === undefined || first.text === null) return null;
    const bytes = Buffer.from(first.text);
    scan.onBytes?.(first.path, bytes);
    return isWanted(first.path, bytes) ? scanned(first.path, first.text) : null;
  };
  for await (const { path, size } of bucket.list('', { deep: scan.deep })) {
    if (path.endsWith('/') || !isSidecarName(path) || size > MAX_SIDECAR_BYTES || !isPlain(path)) continue;
    const text = bucket
      .readText(path, MAX_SIDECAR_BYTES)
      .then((found) => ({ path, text: found?.text ?? null }));
    // Met by whoever waits for it.
    text.catch(() => {});
    reading.push(text);
    const found = reading.length < AT_ONCE ? null : await next();
    if (found !== null) yield found;
  }
  while (reading.length > 0) {
    const found = await next();
    if (found !== null) yield found;
  }
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

/** Everything in a bucket below the prefix. Keys that are no paths are told as what cannot be looked at. */
export async function contentOfBucket(bucket: BucketClient): Promise<FolderContent> {
  const files = new Map<string, { readonly size: number; readonly mtimeMs: number }>();
  const unreadable: string[] = [];
  for await (const { path, size, mtimeMs } of bucket.list('', { deep: true })) {
    // What consoles make as the sign of a folder.
    if (path.endsWith('/') && size === 0) continue;
    if (isPlain(path)) files.set(path, { size, mtimeMs });
    else unreadable.push(path);
  }
  return { files, links: [], unreadable };
}

/** A key is foreign input: it may look like a path that leads elsewhere. */
function isPlain(path: string): boolean {
  return basename(path) !== '' && path.split('/').every((part) => !['', '.', '..'].includes(part));
}

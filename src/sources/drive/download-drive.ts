import { setTimeout as delay } from 'node:timers/promises';
import { errnoOf, fileError, RowtrailError } from '../../errors/index.ts';
import { lazyAttempt, type LazyAttempt } from '../../files/index.ts';
import { type DownloadResult, itemKey, type ItemResult, type RowContext } from '../../row/index.ts';
import { resolveNetwork } from '../network.ts';
import type { SourceOptions } from '../source.ts';
import { itemFailureOf, resultOfItems, resultOfLinkError } from '../to-result.ts';
import { fetchFile, type FetchedFile, type FetchContext } from './fetch-file.ts';
import { expandTarget } from './expand.ts';
import { checkExportFormats } from './export-formats.ts';
import { createHttpClient } from './http-client.ts';
import { type DriveLink, parseDriveLinks, type RefusedLink } from './link.ts';
import { openTarget } from './open-target.ts';
import { reachOf } from './reach.ts';
import { type DriveTarget, viewUrl } from './target.ts';
import { progressMeter } from './transfer/progress.ts';

export interface DriveOptions extends SourceOptions {
  /** The beginning of the files' names instead of the host's name; its extension, if it has one, is used too. */
  readonly filename?: string;
  /** False removes the sidecar once the file is in place; such a file is found by its row no more. */
  readonly metadata?: boolean;
  /** Takes plain http and https links to files of any host besides those of Google Drive. */
  readonly allowDirectLinks?: boolean;
  /** Lets public links lead to addresses of this machine and its network. */
  readonly allowPrivateAddresses?: boolean;
  /** Formats for documents of Google's editors, the preferred one first (default docx, xlsx, pptx). */
  readonly exportFormats?: readonly string[];
}

/**
 * Downloads every file that a Google Drive link cell points at, with complete row tracking: links to files, to the
 * documents of Google's editors (exported as docx, xlsx, pptx) and to public folders, several in one cell.
 *
 * Files are streamed into staging, checked (length, published checksum, type) and then moved to their names, each
 * with a sidecar. A cut connection is continued; so is what an earlier attempt left, also after a crash.
 * What a host, a link or the disk does is in the result's items; one bad file does not stop the others, but a host
 * that refuses us as a whole does.
 * @param url the link cell as it stands in the CSV
 * @param options `outputDir` defaults to `drive_downloads`, `network` to that of the environment
 * @throws AbortError when the signal fires; what arrived stays in staging and the next attempt continues it
 */
export async function downloadDriveWithContext(
  url: string,
  rowContext: RowContext,
  options: DriveOptions = {},
): Promise<DownloadResult> {
  const download = { row: rowContext, downloadType: 'drive' } as const;
  throwIfAborted(options.signal);
  const { links, error } = parseDriveLinks(url, options);
  checkExportFormats(options.exportFormats ?? []);
  const { outputDir = 'drive_downloads', done = [] } = options;
  if (error !== null)
    return resultOfItems({
      ...download,
      items: links.flatMap((link, at) => ('error' in link ? [refusedItem(link, at)] : [])),
      done,
    });
  const staging = lazyAttempt(outputDir, { rowId: rowContext.rowId, downloadType: 'drive', link: url });
  try {
    const items = await fetchLinks(links, rowContext, outputDir, staging, options);
    return resultOfItems({ ...download, items, done });
  } catch (failure) {
    throwIfAborted(options.signal);
    return resultOfLinkError({ ...download, kind: 'file', url, error: asFailure(failure) });
  } finally {
    // A part waits for the next attempt.
    await staging.leave((name) => name.endsWith('.part'));
  }
}

async function fetchLinks(
  links: readonly DriveLink[],
  row: RowContext,
  outputDir: string,
  staging: LazyAttempt,
  options: DriveOptions,
): Promise<readonly ItemResult[]> {
  const { signal, filename, metadata = true, generation, done = [], onProgress = () => {} } = options;
  const { allowPrivateAddresses = false, exportFormats = [] } = options;
  const client = await createHttpClient(options.network ?? resolveNetwork(), signal);
  const now = () => new Date();
  const doneKeys = new Set(done.map(itemKey));
  const isDone = ({ id }: DriveTarget) => doneKeys.has(itemKey({ kind: 'file', mediaId: id }));
  const taken = new Set<string>();
  const items: ItemResult[] = [];
  /** What a host as a whole refused with. */
  const refusals = new Map<string, RowtrailError>();
  let position = 0;

  /** Whatever an item fails for is its own; a refusal of the host is remembered for those that follow. */
  const settle = async (target: DriveTarget, work: () => Promise<FetchedFile>): Promise<void> => {
    const place = { kind: 'file', position, mediaId: target.id, sourceUrl: viewUrl(target) } as const;
    position += 1;
    try {
      const refusal = refusals.get(hostOf(target));
      if (refusal !== undefined) throw refusal;
      const fetched = await work();
      items.push({ ...place, ...fetched, failure: null });
    } catch (error) {
      throwIfAborted(signal);
      const failure = asFailure(error);
      if (failure.facts.scope === 'host') refusals.set(hostOf(target), failure);
      items.push({ ...place, title: null, files: [], metadataFile: null, failure: itemFailureOf(failure) });
    }
  };
  const fetch = async (target: DriveTarget): Promise<void> => {
    if (taken.has(target.id)) return;
    taken.add(target.id);
    if (isDone(target)) {
      position += 1;
      return;
    }
    const clock = () => performance.now();
    const context: FetchContext = {
      open: (wanted, found, headers) =>
        openTarget(wanted, found, { client, headers, signal, now, allowPrivateAddresses, exportFormats }),
      exportFormats,
      row,
      outputDir,
      staging,
      filename: filename ?? null,
      metadata,
      generation: generation ?? null,
      signal,
      onBytes: progressMeter({ rowId: row.rowId, label: target.id, onProgress, clock }),
      now,
      sleep: (ms) => delay(ms, undefined, signal === undefined ? {} : { signal }),
      clock,
    };
    const at = position;
    await settle(target, () => fetchFile(target, at, context));
  };

  for (const link of links) {
    if ('error' in link) {
      items.push(refusedItem(link, position));
      position += 1;
      continue;
    }
    const { target } = link;
    let files: readonly DriveTarget[] = [];
    try {
      const refusal = refusals.get(hostOf(target));
      if (refusal !== undefined) throw refusal;
      const reach = reachOf(target, allowPrivateAddresses);
      files = isDone(target)
        ? [target]
        : await expandTarget(target, { client, headers: {}, reach, signal, now });
    } catch (error) {
      await settle(target, () => Promise.reject(error));
    }
    for (const file of files) await fetch(file);
  }
  return items;
}

/** A link that cannot be used is an item of its own, which no id names. */
function refusedItem({ link, error }: RefusedLink, position: number): ItemResult {
  return {
    kind: 'file',
    position,
    mediaId: null,
    title: null,
    sourceUrl: link,
    files: [],
    metadataFile: null,
    failure: itemFailureOf(error),
  };
}

/** The host whose refusal of one target is that of another. */
function hostOf(target: DriveTarget): string {
  return target.kind === 'direct' ? new URL(target.url).host : 'Google';
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  throw new DOMException('The download was interrupted', 'AbortError');
}

/** @throws what is neither the host's nor the machine's doing: a mistake of ours */
function asFailure(error: unknown): RowtrailError {
  if (error instanceof RowtrailError) return error;
  if (errnoOf(error) === undefined) throw error;
  return fileError(error, 'The download could not be kept');
}

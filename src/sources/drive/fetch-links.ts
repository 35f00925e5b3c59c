import { setTimeout as delay } from 'node:timers/promises';
import { fileStem, type LazyAttempt, type Output } from '../../files/index.ts';
import { processHosts, type Turn } from '../../hosts/index.ts';
import { itemKey, type ItemResult, type RowContext } from '../../row/index.ts';
import type { Network } from '../network.ts';
import { itemFailureOf } from '../to-result.ts';
import { openAccess } from './access/access.ts';
import type { DriveOptions } from './drive-options.ts';
import { documentInstead } from './verdicts/editor-document.ts';
import { type FetchContext, type FetchedFile, fetchFile } from './fetch-file.ts';
import { createHttpClient } from './http/http-client.ts';
import { hostNameOf, hostOf } from './item-host.ts';
import type { DriveLink, RefusedLink } from './links/link.ts';
import { planItems, type PlanOptions } from './listing/plan-items.ts';
import type { Planned, PlannedItem } from './listing/planned-item.ts';
import { openItem } from './open-item.ts';
import { progressMeter } from './transfer/progress.ts';
import { type DriveTarget, viewUrl } from './links/target.ts';
import { asFailure, inTurn, throwIfAborted } from './turns.ts';

/** Items of one row that are on their way at the same time; how many a host takes is for the host to say. */
const ITEMS_AT_ONCE = 8;

/** Where and for whom the items of a cell are fetched. */
export interface Destination {
  readonly row: RowContext;
  readonly output: Output;
  readonly staging: LazyAttempt;
  readonly network: Network;
}

/**
 * Fetches everything that a cell's links point at. Each item takes its own turn at its host; what it fails for is its own.
 * @throws AbortError; what is a mistake of ours
 */
export async function fetchLinks(
  links: readonly DriveLink[],
  destination: Destination,
  options: DriveOptions,
): Promise<readonly ItemResult[]> {
  const { row, output, network } = destination;
  const { signal, done = [], hosts = processHosts() } = options;
  const { allowPrivateAddresses = false } = options;
  const client = await createHttpClient(network, signal);
  const access = await openAccess(options, network);
  const way = {
    client,
    access,
    allowPrivateAddresses,
    hosts,
    signal,
    now: () => new Date(),
    sleep: (ms: number) => delay(ms, undefined, signal === undefined ? {} : { signal }),
  };
  const plan: PlanOptions = {
    ...way,
    rowFolder: (title, id) => output.freeFolderName(fileStem(id, row, { title })),
  };
  const doneKeys = new Set(done.map(itemKey));
  const isDone = ({ id }: DriveTarget) => doneKeys.has(itemKey({ kind: 'file', mediaId: id }));
  const planned = placed(links, (target) => (isDone(target) ? doneAlready(target) : planItems(target, plan)));
  const items: ItemResult[] = [];
  const taken = new Set<string>();
  const settled = new Set<string>();

  const work = async ({ position, link }: Placed): Promise<void> => {
    if ('link' in link) {
      items.push(refusedItem(link, position));
      return;
    }
    const { target } = link;
    const place = { kind: 'file', position, mediaId: target.id, sourceUrl: viewUrl(target) } as const;
    const failed = (error: unknown) => {
      throwIfAborted(signal);
      const failure = { ...itemFailureOf(asFailure(error)), ...hostOf(link) };
      items.push({ ...place, title: link.name, files: [], metadataFile: null, failure });
    };
    if ('error' in link) {
      failed(link.error);
      return;
    }
    if (taken.has(target.id) || isDone(target)) return;
    taken.add(target.id);
    try {
      let actual: DriveTarget = target;
      const fetched = await inTurn(hostNameOf(link), target.id, way, async (turn) => {
        const context = contextOf(link, destination, options, way, turn);
        try {
          return await fetchFile(actual, position, context);
        } catch (error) {
          actual = documentInstead(actual, error);
          return fetchFile(actual, position, context);
        }
      });
      const sourceUrl = viewUrl(actual);
      items.push({
        ...place,
        sourceUrl,
        ...(await inFolder(fetched, link.folder, output, settled)),
        failure: null,
      });
    } catch (error) {
      failed(error);
    }
  };

  // The first one goes alone: after a pause it is the one that tries whether its host is open again.
  const first = await planned.next();
  if (first.done !== true) await work(first.value);
  // Most cells hold one link: the others are begun when there is a second one.
  const second = await planned.next();
  const workers = Array.from({ length: second.done === true ? 0 : ITEMS_AT_ONCE }, async (_, worker) => {
    for (
      let next = worker === 0 ? second : await planned.next();
      next.done !== true;
      next = await planned.next()
    )
      await work(next.value);
  });
  const ends = await Promise.allSettled(workers);
  await planned.return(undefined);
  throwIfAborted(signal);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return items;
}

interface Placed {
  readonly position: number;
  readonly link: Planned | RefusedLink;
}

async function* placed(
  links: readonly DriveLink[],
  plan: (target: DriveTarget) => AsyncIterable<Placed['link']>,
): AsyncGenerator<Placed, void, undefined> {
  let position = 0;
  for (const link of links) {
    if ('error' in link) {
      yield { position, link };
      position += 1;
      continue;
    }
    for await (const planned of plan(link.target)) {
      yield { position, link: planned };
      position += 1;
    }
  }
}

async function* doneAlready(target: DriveTarget): AsyncGenerator<Planned> {
  yield { target, name: null, folder: '', file: null };
}

function contextOf(
  item: PlannedItem,
  { row, output, staging }: Destination,
  {
    filename,
    metadata = true,
    generation,
    keeping,
    concurrency,
    onProgress = () => {},
    exportFormats = [],
  }: DriveOptions,
  way: Omit<PlanOptions, 'rowFolder'>,
  turn: Turn,
): FetchContext {
  const { signal, now, sleep } = way;
  const clock = () => performance.now();
  let title: string | null = null;
  return {
    open: openItem(item, { ...way, exportFormats }),
    exportFormats,
    row,
    output,
    folder: item.folder,
    staging,
    filename: filename ?? null,
    metadata,
    generation: generation ?? null,
    keeping,
    signal,
    concurrency,
    onAnswer: () => turn.answered(),
    onWhole: () => turn.end(null),
    onName: (name) => {
      title = name;
    },
    onBytes: progressMeter({
      rowId: row.rowId,
      label: item.target.id,
      title: () => title,
      onProgress,
      clock,
    }),
    now,
    sleep,
    clock,
  };
}

/** Paths are told from the download folder on. @param settled folders whose names are on the disk */
async function inFolder(
  fetched: FetchedFile,
  folder: string,
  output: Output,
  settled: Set<string>,
): Promise<FetchedFile> {
  if (folder === '') return fetched;
  if (!settled.has(folder)) await output.settleFolders(folder);
  settled.add(folder);
  const { files, metadataFile } = fetched;
  return {
    ...fetched,
    files: files.map((file) => ({ ...file, path: `${folder}/${file.path}` })),
    metadataFile: metadataFile === null ? null : `${folder}/${metadataFile}`,
  };
}

/** A link that cannot be used is an item of its own, which no id names. */
export function refusedItem({ link, error }: RefusedLink, position: number): ItemResult {
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

import { fileStem, splitExtension } from '../../files/index.ts';
import type { RowContext } from '../../row/index.ts';
import { sidecarFacts } from '../sidecar-facts.ts';
import { checkedExtension } from './names/content-type.ts';
import type { FetchContext, FetchedFile } from './fetch-context.ts';
import { baseOf, isLikelyExtension, possibleBases } from './names/file-name.ts';
import type { ResponseFacts } from './http/response-facts.ts';
import { requestedOf } from './shared-file.ts';
import { type DriveTarget, viewUrl } from './links/target.ts';
import { Part } from './transfer/part.ts';
import type { Received } from './transfer/transfer.ts';

/** A finished copy of the row's own that a crash kept from being recorded; null where there is none of the answer's size. */
export async function adoptable(
  target: DriveTarget,
  facts: ResponseFacts,
  context: FetchContext,
): Promise<FetchedFile | null> {
  const { output, folder, row, generation, filename, signal } = context;
  const name = filename ?? facts.name;
  const requested = requestedOf(target, context);
  for (const title of name === null ? [null] : possibleBases(name)) {
    const found = await output.findStored({
      folder,
      row,
      stem: stemOf(target, row, title),
      kind: 'file',
      mediaId: target.id,
      requested,
      generation,
      signal,
    });
    if (found !== null && (facts.size === null || found.files[0]?.size === facts.size))
      return { title: facts.name, ...found };
  }
  return null;
}

/**
 * Gives what arrived its name, with its sidecar.
 * @throws RowtrailError of the disk, or unexpected_page, not_media where the bytes are something else
 */
export async function stored(
  target: DriveTarget,
  position: number,
  { held, size, sha256, facts }: Received,
  context: FetchContext,
): Promise<FetchedFile> {
  const { output, folder, row, filename, metadata, generation, keeping, now, signal } = context;
  const name = filename ?? facts.name;
  const requested = requestedOf(target, context);
  const extension = await extensionOf(held, filename, facts, requested);
  const item = await output.storeItem({
    folder,
    row,
    stem: stemOf(target, row, name === null ? null : baseOf(name, extension)),
    staged: [
      held instanceof Part
        ? { path: held.path, extension, size, sha256 }
        : { bytes: held, extension, sha256 },
    ],
    sidecar: {
      kind: 'file',
      mediaId: target.id,
      position,
      sourceUrl: viewUrl(target),
      title: facts.name,
      mediaTypes: facts.mediaType === null ? [] : [facts.mediaType],
      tools: { node: process.versions.node },
      generation,
      ...sidecarFacts(keeping),
      requested,
    },
    identity: keeping?.identity,
    now: now(),
    signal,
  });
  if (held instanceof Part) await held.remove();
  if (metadata) return { title: facts.name, ...item };
  await output.remove(folder === '' ? item.metadataFile : `${folder}/${item.metadataFile}`);
  return { title: facts.name, files: item.files, metadataFile: null };
}

async function extensionOf(
  held: Received['held'],
  filename: string | null,
  facts: ResponseFacts,
  exportFormat: string | null,
): Promise<string> {
  const isPart = held instanceof Part;
  try {
    const content = isPart ? held.path : held;
    const extension = await checkedExtension(content, facts.name, facts, exportFormat);
    const wanted = splitExtension(filename ?? '').extension;
    return isLikelyExtension(wanted) ? wanted : extension || wanted;
  } catch (error) {
    if (isPart) await held.remove();
    throw error;
  }
}

function stemOf({ id }: DriveTarget, row: RowContext, title: string | null): string {
  return fileStem(id, row, title === null ? {} : { title });
}

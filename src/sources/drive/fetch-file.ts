import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RowtrailError } from '../../errors/index.ts';
import {
  fileStem,
  findStored,
  type KnownCopy,
  type LazyAttempt,
  splitExtension,
  storeItem,
} from '../../files/index.ts';
import type { RowContext } from '../../row/index.ts';
import { sidecarFacts } from '../sidecar-facts.ts';
import { checkedExtension } from './content-type.ts';
import { exportFormatOf } from './export-formats.ts';
import type { FetchContext, FetchedFile } from './fetch-context.ts';
import type { ResponseFacts } from './response-facts.ts';
import { fromCopy, isUnchanged, takeTurn } from './shared-file.ts';
import { type DriveTarget, viewUrl } from './target.ts';
import { Part } from './transfer/part.ts';
import { type PartPlace, type Received, transfer } from './transfer/transfer.ts';

export type { FetchContext, FetchedFile } from './fetch-context.ts';

/**
 * Brings one file into the download folder: asks for it, streams it into staging, checks length, checksum and type,
 * and stores it with its sidecar. A finished copy of the same generation that a crash kept from being recorded is
 * taken over instead. Bytes that do not agree with the published checksum are fetched once more from the first.
 * @throws RowtrailError with the cause; AbortError, and then the part stays for the next attempt
 */
export async function fetchFile(
  target: DriveTarget,
  position: number,
  context: FetchContext,
): Promise<FetchedFile> {
  const place = placeOf(target, context.staging);
  const turn = await takeTurn(target, context);
  let fetched: FetchedFile | null = null;
  try {
    const copy = turn?.copy ?? null;
    fetched = copy?.isOfThisRun === true ? await fromCopy(copy, target, position, context) : null;
    fetched ??= await brought(target, position, place, context, copy);
    return fetched;
  } catch (error) {
    // What will never be whole is not kept for another attempt.
    if (error instanceof RowtrailError && error.facts.verdict === 'never') await forget(place);
    throw error;
  } finally {
    const path = fetched?.metadataFile ?? null;
    turn?.end(path === null ? null : join(context.outputDir, path));
  }
}

async function brought(
  target: DriveTarget,
  position: number,
  place: PartPlace,
  context: FetchContext,
  copy: KnownCopy | null,
): Promise<FetchedFile> {
  const outcome = await received(target, position, place, context, copy);
  await context.onWhole();
  return 'stored' in outcome ? outcome.stored : await stored(target, position, outcome, context);
}

function placeOf({ id }: DriveTarget, staging: LazyAttempt): PartPlace {
  return {
    find: async () => {
      const dir = await staging.find();
      return dir === null ? null : Part.load(dir, id);
    },
    make: async () => Part.load(await staging.dir(), id),
  };
}

async function forget(place: PartPlace): Promise<void> {
  await (await place.find())?.remove();
}

/** @param copy another row's, of an earlier run: taken where the host still has the same */
async function received(
  target: DriveTarget,
  position: number,
  place: PartPlace,
  context: FetchContext,
  copy: KnownCopy | null,
): Promise<Received | { readonly stored: FetchedFile }> {
  for (let wrong = 0; wrong < 2; wrong += 1) {
    let adopted: FetchedFile | null = null;
    const { onBytes, sleep, clock, signal } = context;
    const arrived = await transfer({
      place,
      open: opener(target, context),
      isEnough: async (facts) => {
        adopted = await adoptable(target, facts, context);
        if (adopted === null && copy !== null && (await isUnchanged(copy, facts)))
          adopted = await fromCopy(copy, target, position, context);
        return adopted !== null;
      },
      onBytes,
      sleep,
      clock,
      signal,
    });
    if (arrived === null) {
      await forget(place);
      return { stored: adopted ?? { title: null, files: [], metadataFile: null } };
    }
    if (arrived.matches && (arrived.facts.sha256 ?? arrived.sha256) === arrived.sha256) return arrived;
    await forget(place);
  }
  throw new RowtrailError('hash_mismatch', 'The bytes differ from the published checksum, twice');
}

/** Asks where the file was found the last time, so that a cut transfer goes on without the pages in between. */
function opener(target: DriveTarget, { open, onAnswer }: FetchContext) {
  let found: string | null = null;
  return async (headers: Readonly<Record<string, string>>) => {
    const start = found;
    try {
      const opened = await open(target, start, headers);
      found = opened.answer.url;
      await onAnswer();
      return opened;
    } catch (error) {
      // The next time the way is asked for from the start.
      found = null;
      throw error;
    }
  };
}

async function adoptable(
  target: DriveTarget,
  facts: ResponseFacts,
  { outputDir, row, generation, filename, signal }: FetchContext,
): Promise<FetchedFile | null> {
  const stem = stemOf(target, row, filename ?? facts.name);
  const found = await findStored({
    outputDir,
    row,
    stem,
    kind: 'file',
    mediaId: target.id,
    generation,
    signal,
  });
  const isSame = found !== null && (facts.size === null || found.files[0]?.size === facts.size);
  return isSame ? { title: facts.name, ...found } : null;
}

async function stored(
  target: DriveTarget,
  position: number,
  { held, size, sha256, facts }: Received,
  { outputDir, downloadDir, row, filename, metadata, generation, keeping, now, exportFormats }: FetchContext,
): Promise<FetchedFile> {
  const name = filename ?? facts.name;
  const extension = await extensionOf(held, filename, facts, exportFormatOf(target.kind, exportFormats));
  const item = await storeItem({
    outputDir,
    downloadDir,
    row,
    stem: stemOf(target, row, name),
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
      requested: exportFormatOf(target.kind, exportFormats),
    },
    identity: keeping?.identity,
    now: now(),
  });
  if (held instanceof Part) await held.remove();
  if (metadata) return { title: facts.name, ...item };
  await rm(join(outputDir, item.metadataFile), { force: true });
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
    return splitExtension(filename ?? '').extension || extension;
  } catch (error) {
    if (isPart) await held.remove();
    throw error;
  }
}

function stemOf({ id }: DriveTarget, row: RowContext, name: string | null): string {
  return fileStem(id, row, name === null ? {} : { title: splitExtension(name).base });
}

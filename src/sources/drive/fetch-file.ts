import { RowtrailError } from '../../errors/index.ts';
import { type KnownCopy, type LazyAttempt, placeIn } from '../../files/index.ts';
import { decoded } from './decode-file.ts';
import type { FetchContext, FetchedFile } from './fetch-context.ts';
import { isRefusal } from './open-file.ts';
import { fromCopy, isUnchanged, takeTurn } from './shared-file.ts';
import { adoptable, stored } from './stored-file.ts';
import type { DriveTarget } from './links/target.ts';
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
    const file = fetched?.metadataFile ?? null;
    turn?.end(file === null ? null : { folder: placeIn(context.output.address, context.folder), file });
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
    const { concurrency, onBytes, sleep, clock, signal } = context;
    const arrived = await transfer({
      place,
      open: opener(target, context),
      isEnough: async (facts) => {
        adopted = await adoptable(target, facts, context);
        if (adopted === null && copy !== null && (await isUnchanged(copy, facts)))
          adopted = await fromCopy(copy, target, position, context);
        return adopted !== null;
      },
      concurrency,
      onBytes,
      sleep,
      clock,
      signal,
    });
    if (arrived === null) {
      await forget(place);
      return { stored: adopted ?? { title: null, files: [], metadataFile: null } };
    }
    if (arrived.matches && (arrived.facts.sha256 ?? arrived.sha256) === arrived.sha256)
      return decoded(arrived, target.id, context.staging, signal);
    await forget(place);
  }
  throw new RowtrailError('hash_mismatch', 'The bytes differ from the published checksum, twice');
}

/**
 * Asks where the file was found the last time, so that a cut transfer goes on without the pages in between. Such an
 * address may end before the link does: what it refuses is asked for from the start, once.
 */
function opener(target: DriveTarget, { open, onAnswer, onName }: FetchContext) {
  let found: string | null = null;
  const asked = async (headers: Readonly<Record<string, string>>) => {
    const start = found;
    try {
      return await open(target, start, headers);
    } catch (error) {
      // Of several connections that are refused there, one finds the way anew.
      const isNews = start !== null && start === found;
      if (start === found) found = null;
      if (!isNews || !isRefusal(error)) throw error;
      return open(target, null, headers);
    }
  };
  return async (headers: Readonly<Record<string, string>>) => {
    const opened = await asked(headers);
    found = opened.answer.url;
    const name = opened.facts?.name ?? null;
    if (name !== null) onName(name);
    await onAnswer();
    return opened;
  };
}

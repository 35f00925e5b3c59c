import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { errnoOf, fileError, RowtrailError } from '../errors/index.ts';

/** Beside a CSV whose ledger is in a store: which CSV it is there. */
export interface StoreNote {
  /** Its key in the store. */
  readonly csv: string;
  /** Which store that is, without a password: for people, and to tell a lost store from another one. */
  readonly store: string;
}

const VERSION = 1;
const schema = z.object({ format_version: z.number(), csv: z.guid(), store: z.string() });

/**
 * @returns null where there is none
 * @throws RowtrailError `ledger_newer` where a newer rowtrail wrote it, `ledger_corrupt` where it is none
 */
export async function readStoreNote(file: string): Promise<StoreNote | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return null;
    throw fileError(error, 'it cannot be read in which store the ledger is', { file });
  }
  const parsed = schema.safeParse(jsonOf(text));
  if (!parsed.success)
    throw new RowtrailError(
      'usage',
      'it does not say in which store the ledger is: copy it from where the CSV was worked on before, or remove it to begin a new ledger',
      { file },
    );
  const { format_version: version, csv, store } = parsed.data;
  if (version > VERSION)
    throw new RowtrailError('ledger_newer', `it has format ${version}, this rowtrail knows ${VERSION}`, {
      file,
    });
  return { csv, store };
}

/** Written whole or not at all. */
export async function writeStoreNote(file: string, note: StoreNote): Promise<void> {
  const beside = `${file}.${process.pid}`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(beside, `${JSON.stringify({ format_version: VERSION, ...note }, null, 2)}\n`, {
      flush: true,
    });
    await rename(beside, file);
  } catch (error) {
    throw fileError(error, 'it cannot be written down in which store the ledger is', { file });
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

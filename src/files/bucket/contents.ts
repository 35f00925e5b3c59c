import { createHash, hash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { removeFile } from '../remove-file.ts';
import type { SidecarFile } from '../sidecar-format.ts';
import type { FileInMemory, StagedFile } from '../store.ts';
import type { BucketClient } from './bucket.ts';
import type { BucketAddress } from './bucket-address.ts';
import type { Content } from './content.ts';
import { sendParts } from './large-file.ts';
import { PART_BYTES, withPlace } from './places-in-memory.ts';
import { typeOfName } from './type-of-name.ts';
import type { UploadNotes } from './upload-notes.ts';

/** A file that is here, as it goes into a bucket: a small one in one piece, a large one in parts. */
export async function contentOf(
  file: StagedFile | FileInMemory,
  bucket: BucketClient,
  notes: UploadNotes,
): Promise<Content> {
  if ('bytes' in file) return inMemory(file, bucket);
  const { size } = await stat(file.path);
  if (file.size !== undefined && file.size !== size)
    throw new Error(`${basename(file.path)} has ${size} bytes where ${file.size} were received`);
  return size > PART_BYTES ? large(file, size, bucket, notes) : small(file, bucket);
}

function inMemory({ bytes, extension, sha256 }: FileInMemory, bucket: BucketClient): Content {
  return {
    extension,
    begin: async (path, signal) => ({
      ...{ path, size: bytes.length, sha256, partsChecksum: null },
      place: (condition) =>
        bucket.put(path, bytes, { sha256: asBase64(sha256), condition, type: typeOfName(path), signal }),
      drop: async () => {},
    }),
    done: async () => {},
  };
}

function small({ path: file, extension, sha256: expected }: StagedFile, bucket: BucketClient): Content {
  return {
    extension,
    // Read twice, so that none is held in memory while others are waited for.
    begin: async (path, signal) => {
      const { size, sha256 } = await withPlace(async () => {
        const bytes = await readFile(file);
        return { size: bytes.length, sha256: hash('sha256', bytes, 'hex') };
      });
      mustBe(sha256, expected, file);
      return {
        ...{ path, size, sha256, partsChecksum: null },
        place: (condition) =>
          withPlace(async () => {
            const bytes = await readFile(file);
            return bucket.put(path, bytes, {
              sha256: asBase64(sha256),
              condition,
              type: typeOfName(path),
              signal,
            });
          }),
        drop: async () => {},
      };
    },
    done: () => removeFile(file),
  };
}

function large(
  { path: file, extension, sha256: expected }: StagedFile,
  size: number,
  bucket: BucketClient,
  notes: UploadNotes,
): Content {
  return {
    extension,
    begin: async (path, signal) => {
      const upload = await notes.begin(bucket, path, typeOfName(path));
      const drop = () => notes.giveUp(bucket, upload);
      try {
        const { parts, sha256, checksum } = await sendParts(bucket, upload, file, size, signal);
        mustBe(sha256, expected, file);
        return {
          ...{ path, size, sha256, partsChecksum: checksum },
          place: async (condition) => {
            const placed = await bucket.completeUpload(upload, parts, condition);
            if (placed !== 'taken') await notes.completed(upload);
            return placed;
          },
          drop,
        };
      } catch (error) {
        await drop().catch(() => {});
        throw error;
      }
    },
    done: () => removeFile(file),
  };
}

/** A file of the same storage, which copies it within itself. @param from where the other row's file stands */
export function copyOf(
  { name: _name, ...known }: SidecarFile,
  from: { readonly address: BucketAddress; readonly path: string },
  extension: string,
  bucket: BucketClient,
): Content {
  return {
    extension,
    begin: async (path, signal) => ({
      ...{ path, size: known.size, sha256: known.sha256, partsChecksum: known.partsChecksum ?? null },
      place: async (condition) => {
        const copied = await bucket.copy(from, path, condition, signal);
        return copied === 'taken' ? copied : { checksum: null };
      },
      drop: async () => {},
    }),
    done: async () => {},
  };
}

/** @param sha256 hex */
export function asBase64(sha256: string): string {
  return Buffer.from(sha256, 'hex').toString('base64');
}

/** SHA-256 of a text, base64. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64');
}

function mustBe(sha256: string, expected: string | undefined, file: string): void {
  if (expected !== undefined && sha256 !== expected)
    throw new Error(`${basename(file)} is not what was received any more`);
}

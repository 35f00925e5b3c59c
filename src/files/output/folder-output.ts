import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { errnoOf } from '../../errors/index.ts';
import { isBucketAddress } from '../bucket/bucket-address.ts';
import { findStored } from '../find-stored.ts';
import { removeFile } from '../remove-file.ts';
import { freeFolderName, settleFolders } from '../row-folder.ts';
import { scanFolder } from '../scan-sidecars.ts';
import { readSidecarFile } from '../sidecar.ts';
import { clearStaging } from '../staging.ts';
import { storeCopy } from '../store-copy.ts';
import { holdSmallFiles, storeItem } from '../storing/store-files.ts';
import { lookAtFile, readFolderOnDisk } from '../walk.ts';
import { writableFolder } from '../writable-folder.ts';
import type { ByteRange, Output } from './output.ts';

/** A folder of this machine, or one that it shares with others. @param dir absolute */
export function folderOutput(dir: string): Output {
  const places = (folder = '') => ({ outputDir: folder === '' ? dir : join(dir, folder), downloadDir: dir });
  return {
    address: dir,
    workDir: dir,
    storeItem: ({ folder, signal: _signal, ...item }) => storeItem({ ...item, ...places(folder) }),
    findStored: ({ folder, ...query }) => findStored({ ...query, outputDir: places(folder).outputDir }),
    storeCopy: async ({ folder, stagingDir, ...copy }) => {
      if (isBucketAddress(copy.copy.folder)) return null;
      return storeCopy({ ...copy, ...places(folder), stagingDir: await stagingDir() }, storeItem);
    },
    freeFolderName: (wanted) => freeFolderName(dir, wanted),
    settleFolders: (folder) => settleFolders(dir, folder),
    holdSmallFiles: () => holdSmallFiles(dir),
    clearStaging: (keep) => clearStaging(dir, keep),
    check: async () => void (await writableFolder(dir)),
    readSidecar: (path) => readSidecarFile(join(dir, path)),
    scanSidecars: (scan) => scanFolder(dir, scan),
    content: () => readFolderOnDisk(dir),
    lookAt: (path) => lookAtFile(join(dir, path)),
    judge: async (path, { size }) => ((await lookAtFile(join(dir, path)))?.size === size ? null : false),
    read: (path, range) => openFile(join(dir, path), range),
    remove: (path) => removeFile(join(dir, path)),
  };
}

async function openFile(path: string, range?: ByteRange): Promise<Readable | null> {
  const stream = createReadStream(path, range);
  const { promise, resolve, reject } = Promise.withResolvers<Readable | null>();
  stream.once('open', () => resolve(stream));
  stream.once('error', (error) => {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) resolve(null);
    else reject(error);
  });
  return promise;
}

import { basename } from 'node:path';
import {
  type NewFile,
  nodeFileSystem,
  type OpenFolder,
  type ReplaceFileSystem,
} from '../../../src/csv/file-system.ts';
import type { DiskOperation } from './disk-model.ts';

export interface RecordingOptions {
  /** No write takes more; a system may do so at any time. */
  readonly bytesPerWrite?: number;
  /** False notes that something is synced and saves the time. */
  readonly syncs?: boolean;
  /** Called before an operation is done; what it throws is what the operation fails with. */
  readonly before?: (operation: DiskOperation) => void;
}

/** The file system of this machine, which notes what one replacement after the other does to the disk. */
export class RecordingFileSystem implements ReplaceFileSystem {
  readonly operations: DiskOperation[] = [];
  readonly #bytesPerWrite: number;
  readonly #syncs: boolean;
  readonly #before: (operation: DiskOperation) => void;
  #files = 0;

  constructor({
    bytesPerWrite = Number.POSITIVE_INFINITY,
    syncs = true,
    before = () => {},
  }: RecordingOptions = {}) {
    this.#bytesPerWrite = bytesPerWrite;
    this.#syncs = syncs;
    this.#before = before;
  }

  readonly targetNow = nodeFileSystem.targetNow;
  readonly checkWritableNow = nodeFileSystem.checkWritableNow;
  readonly changedNow = nodeFileSystem.changedNow;
  readonly identityNow = nodeFileSystem.identityNow;
  readonly readdir = nodeFileSystem.readdir;

  async create(path: string): Promise<NewFile> {
    const file = ++this.#files;
    const handle = await this.#note({ kind: 'create', name: basename(path), file }, () =>
      nodeFileSystem.create(path),
    );
    return {
      fd: handle.fd,
      read: (buffer, offset, length, position) => handle.read(buffer, offset, length, position),
      write: (bytes, offset, length, position) => {
        const piece = Buffer.from(bytes.subarray(offset, offset + Math.min(length, this.#bytesPerWrite)));
        return this.#note({ kind: 'write', file, position, bytes: piece }, () =>
          handle.write(piece, 0, piece.length, position),
        );
      },
      chown: (uid, gid) => handle.chown(uid, gid),
      chmod: (mode) => this.#note({ kind: 'mode', file, mode: Number(mode) }, () => handle.chmod(mode)),
      sync: () =>
        this.#note({ kind: 'syncFile', file }, async () => {
          if (this.#syncs) await handle.sync();
        }),
      close: () => handle.close(),
    };
  }

  renameNow(from: string, to: string): void {
    const operation: DiskOperation = { kind: 'rename', from: basename(from), to: basename(to) };
    this.#before(operation);
    nodeFileSystem.renameNow(from, to);
    this.operations.push(operation);
  }

  unlink(path: string): Promise<void> {
    return this.#note({ kind: 'unlink', name: basename(path) }, () => nodeFileSystem.unlink(path));
  }

  async openFolder(path: string): Promise<OpenFolder> {
    const folder = await nodeFileSystem.openFolder(path);
    return {
      sync: () =>
        this.#note({ kind: 'syncFolder' }, async () => {
          if (this.#syncs) await folder.sync();
        }),
      close: () => folder.close(),
    };
  }

  async #note<Result>(operation: DiskOperation, work: () => Promise<Result>): Promise<Result> {
    this.#before(operation);
    const result = await work();
    this.operations.push(operation);
    return result;
  }
}

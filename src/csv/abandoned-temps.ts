import { basename, dirname, join } from 'node:path';
import { nodeFileSystem, type ReplaceFileSystem } from './file-system.ts';
import { RANDOM_CHARACTERS, tempName, writeError } from './replace-file.ts';

/**
 * The temporary files that killed rewrites of a CSV left, of whatever process. Only for the holder of the CSV's write lock: a
 * rewrite that is under way has one, too.
 */
export class AbandonedTemps {
  readonly #path: string;
  readonly #fileSystem: ReplaceFileSystem;
  /** The folder's time of change when there was none. */
  #noneAt: bigint | null = null;

  /** @param path the CSV, as the user gave it */
  constructor(path: string, fileSystem: ReplaceFileSystem = nodeFileSystem) {
    this.#path = path;
    this.#fileSystem = fileSystem;
  }

  /**
   * Removes them. The folder is read only when it changed since the last look, or since {@link AbandonedTemps.noteNone}.
   * @returns how many were removed
   * @throws CsvChangedError when there is no such CSV; RowtrailError csv_not_writable
   */
  async remove(): Promise<number> {
    try {
      const target = this.#fileSystem.targetNow(this.#path);
      const folder = dirname(target);
      const changed = this.#fileSystem.changedNow(folder);
      if (changed === this.#noneAt) return 0;
      const names = (await this.#fileSystem.readdir(folder)).filter(isTempOf(basename(target)));
      for (const name of names) await this.#fileSystem.unlink(join(folder, name));
      this.#noneAt = names.length === 0 ? changed : null;
      return names.length;
    } catch (error) {
      throw writeError(error, this.#path);
    }
  }

  /**
   * Says that the holder of the lock left none: its own rewrite changed the folder. A file that another process leaves within the
   * same tick of the file system's clock is then seen by the next process only.
   */
  noteNone(): void {
    try {
      this.#noneAt = this.#fileSystem.changedNow(dirname(this.#fileSystem.targetNow(this.#path)));
    } catch {
      // The next look says what is wrong.
      this.#noneAt = null;
    }
  }
}

function isTempOf(name: string): (other: string) => boolean {
  const [head = ''] = tempName(name, '0'.repeat(RANDOM_CHARACTERS)).split(/0+\.tmp$/);
  const tail = new RegExp(`^[0-9a-f]{${RANDOM_CHARACTERS}}\\.tmp$`);
  return (other) => other.startsWith(head) && tail.test(other.slice(head.length));
}

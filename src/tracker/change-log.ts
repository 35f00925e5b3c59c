import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DownloadType } from '../row/index.ts';
import type { Place } from './place.ts';
import { renamedLine, resetLine } from './rebuild/log-format.ts';

/** Beside the logs of the runs: what changed without an attempt, in runs and between them. */
export const CHANGE_LOG = 'changes.log';

/** A generation that began without an attempt. */
export interface BegunGeneration {
  readonly rowId: string;
  readonly rowType: string;
  readonly downloadType: DownloadType;
  readonly generation: number;
  readonly link: string | null;
}

/**
 * Writes down resets, for the day when the ledger is lost. The ledger has them already: a line that cannot be written, or that a loss of power
 * takes, is missed on that day only, and the row's cells tell then that it was reset.
 */
export class ChangeLog {
  readonly #folder: string;

  constructor({ runs }: Pick<Place, 'runs'>) {
    this.#folder = runs;
  }

  resets(begun: readonly BegunGeneration[]): Promise<void> {
    const at = new Date();
    return this.#append(begun.map((each) => resetLine({ at, ...each })));
  }

  renamed(from: string, to: string): Promise<void> {
    return this.#append([renamedLine({ at: new Date(), from, to })]);
  }

  async #append(lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    try {
      await mkdir(this.#folder, { recursive: true });
      // A line that a kill has torn ends where the next one begins.
      await appendFile(join(this.#folder, CHANGE_LOG), lines.map((line) => `\n${line}\n`).join(''));
    } catch {
      // Said above: nothing is lost by it now.
    }
  }
}

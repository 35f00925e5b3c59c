import { causeFacts, ErrorCategory, isCause, RowtrailError } from '../../errors/index.ts';
import { isBucketAddress, outputAt } from '../../files/index.ts';

const OF_STORAGE = /^storage_(?:unreachable|refused)$/;

/**
 * Stands before downloads: one whose files could not be put anywhere is not to be fetched and to lose an attempt. A folder is looked at
 * before the first download; a bucket was asked before the run. After trouble with either, it is asked again before anything more is
 * fetched: else each row would be fetched for nothing, and for a bucket fill this machine's disk.
 */
export class OutputGate {
  readonly #place: string;
  readonly #onShut: (message: string) => void;
  #asking: Promise<boolean> | null = null;
  #isDoubtful: boolean;

  /** @param onShut told once, when it stays shut for the rest of the run */
  constructor(place: string, onShut: (message: string) => void) {
    this.#place = place;
    this.#onShut = onShut;
    this.#isDoubtful = !isBucketAddress(place);
  }

  /** To be told of what a download ended with. @param cause null where it is completed */
  heed(cause: string | null): void {
    if (cause === null || !isCause(cause)) return;
    const isOfPlace = isBucketAddress(this.#place)
      ? OF_STORAGE.test(cause)
      : causeFacts(cause).category === ErrorCategory.FILE_IO;
    if (isOfPlace) this.#isDoubtful = true;
  }

  /** Whether another download may begin. */
  async isOpen(): Promise<boolean> {
    if (!this.#isDoubtful) return true;
    return (this.#asking ??= this.#ask());
  }

  async #ask(): Promise<boolean> {
    try {
      await outputAt(this.#place).check();
      this.#isDoubtful = false;
      this.#asking = null;
      return true;
    } catch (error) {
      if (!(error instanceof RowtrailError)) throw error;
      this.#onShut(`${error.message}. Nothing more is fetched for it in this run. ${error.nextStep}`);
      return false;
    }
  }
}

import { RowtrailError } from '../errors/index.ts';
import { isBucketAddress, outputAt } from '../files/index.ts';

const OF_STORAGE = /^storage_(?:unreachable|refused)$/;

/**
 * Stands before downloads whose files go into a bucket. Once a file could not be put there, the storage is asked before anything more is
 * fetched: else each row would be fetched for nothing and fill this machine's disk.
 */
export class OutputGate {
  readonly #place: string;
  readonly #onShut: (message: string) => void;
  #asking: Promise<boolean> | null = null;
  #isDoubtful = false;

  /** @param onShut told once, when it stays shut for the rest of the run */
  constructor(place: string, onShut: (message: string) => void) {
    this.#place = place;
    this.#onShut = onShut;
  }

  /** To be told of what a download ended with. @param cause null where it is completed */
  heed(cause: string | null): void {
    if (cause !== null && OF_STORAGE.test(cause) && isBucketAddress(this.#place)) this.#isDoubtful = true;
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

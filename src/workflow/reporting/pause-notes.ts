import { type HostPause, writePauses } from '../../hosts/index.ts';

/** Keeps the file that tells other commands which hosts are paused in step with what a run knows. */
export class PauseNotes {
  readonly #file: string;
  readonly #onError: (error: unknown) => void;
  #written: Promise<void> = Promise.resolve();

  constructor(file: string, onError: (error: unknown) => void) {
    this.#file = file;
    this.#onError = onError;
  }

  /** Notes these, after what was to be noted before. */
  note(pauses: readonly HostPause[]): void {
    this.#written = this.#written.then(() => writePauses(this.#file, pauses)).catch(this.#onError);
  }

  /** Resolves when everything is noted. */
  async settled(): Promise<void> {
    await this.#written;
  }
}

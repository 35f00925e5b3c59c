import type { Keeping, Output } from '../../files/index.ts';
import type { RowContext } from '../../row/index.ts';
import type { TransferProgress } from '../source.ts';
import type { Archive } from './archive.ts';
import type { Doors } from './doors.ts';
import type { MediaRequest } from './request.ts';
import type { Session } from './session.ts';
import type { SettledItems } from './settled.ts';

/** What all videos of one download share. */
export interface VideoWork {
  readonly session: Session;
  readonly row: RowContext;
  readonly media: MediaRequest;
  readonly output: Output;
  readonly attemptDir: string;
  readonly generation: number | null;
  readonly keeping: Keeping | undefined;
  readonly doors: Doors;
  readonly settled: SettledItems;
  readonly archive: Archive;
  readonly onNote: (message: string) => void;
  readonly onProgress: (progress: TransferProgress) => void;
}

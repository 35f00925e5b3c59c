import { RowtrailError } from '../errors/index.ts';

/** The CSV is no longer what was read: read it again, then decide again. Nothing was written. */
export class CsvChangedError extends RowtrailError {
  override readonly name = 'CsvChangedError';

  constructor(path: string) {
    super('csv_changed', 'the CSV was changed by somebody else meanwhile', { file: path });
  }
}

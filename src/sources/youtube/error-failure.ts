import { errnoOf, fileError, RowtrailError } from '../../errors/index.ts';
import type { ItemFailure } from '../../row/index.ts';
import { itemFailureOf } from '../to-result.ts';

/**
 * An error of our own work on an item as that item's failure, so that the other items go on.
 * @throws what is no error of the system or of rowtrail: a fault in the program must be seen
 */
export function failureOfError(error: unknown): ItemFailure {
  if (error instanceof RowtrailError) return itemFailureOf(error);
  if (errnoOf(error) === undefined) throw error;
  return itemFailureOf(fileError(error, 'The download could not be written'));
}

import { NotInCsvError } from '../errors/index.ts';

/**
 * Why a recorded result cannot be in the CSV.
 * @param reason as the ledger keeps it for a row that cannot be written, or `begun_anew`
 */
export function blockedError(reason: string, rowId: string, file: string): NotInCsvError {
  const place = { file, rowId };
  switch (reason) {
    case 'type_mismatch':
    case 'type_mismatch_youtube':
    case 'type_mismatch_drive':
      return new NotInCsvError(
        'type_mismatch',
        `row ${rowId}: the result was made for another type than the CSV shows; it is recorded, the row was left as it is`,
        place,
      );
    case 'other_person':
      return new NotInCsvError(
        'type_mismatch',
        `row ${rowId} now belongs to somebody else; nothing was written to it`,
        place,
      );
    case 'begun_anew':
      return new NotInCsvError(
        'csv_changed',
        `row ${rowId} was reset or got another link meanwhile; the result is kept in the history only`,
        place,
      );
    case 'row_too_long':
      return new NotInCsvError(
        'csv_invalid',
        `row ${rowId} has more cells than the header; the result is recorded, the row was left as it is`,
        place,
      );
    default:
      return new NotInCsvError(
        'csv_row_gone',
        `row ${rowId} is not in the CSV; the result is recorded`,
        place,
      );
  }
}

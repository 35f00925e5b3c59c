import { packedSql } from '../recording/status-columns.ts';

/** A download `d` of a row that can be written: what was recorded for somebody else says nothing of the others. */
export const IS_SHOWN = `NOT EXISTS (
  SELECT 1 FROM rowtrail.csv_row b WHERE b.csv_id = d.csv_id AND b.row_id = d.row_id AND b.blocked IS NOT NULL
    AND b.blocked <> 'type_mismatch_' || CASE d.download_type WHEN 'drive' THEN 'youtube' ELSE 'drive' END)`;

/** Word for word the condition of the partial index that makes it cheap. */
export const IS_OPEN = `(status IN ('pending', 'failed') OR scope <> 'full')`;

/** A status as one number. @param runId the parameter that names the run whose downloads are marked */
export function packed(runId: string): string {
  return packedSql((condition) => `(${condition})::integer`, 'least', `${runId}::text`);
}

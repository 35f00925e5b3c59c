export { type CsvInspection, inspectCsv } from './inspect-csv.ts';
export { type NumberedCopy, writeNumberedCopy } from './number-rows.ts';

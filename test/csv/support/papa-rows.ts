import Papa from 'papaparse';
import type { GeneratedCsv } from './generated-csv.ts';

/** The rows that an independent parser sees, the header among them, with every cell as a byte string. */
export function papaRows(bytes: Buffer, csv: GeneratedCsv): string[][] {
  const text = bytes.toString('latin1', csv.bom ? 3 : 0);
  const newline = csv.crOnly ? '\r' : '\n';
  const { data } = Papa.parse<string[]>(text, { delimiter: csv.delimiter, newline });
  const rows = data.map((cells) =>
    csv.crOnly ? cells : cells.with(-1, (cells.at(-1) ?? '').replace(/\r$/, '')),
  );
  return /[\r\n]$/.test(text) ? rows.slice(0, -1) : rows;
}

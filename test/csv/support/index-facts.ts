import type { CsvIndex } from '../../../src/csv/index.ts';

/** Everything that an index says, for comparison with another. */
export function indexFacts(index: CsvIndex) {
  const { header, starts, identity, columns } = index.parts;
  const rows = Array.from({ length: index.rowCount }, (_, row) => ({
    rowId: index.rowIdOf(row),
    found: index.findRow(index.rowIdOf(row)),
    start: starts.at(row),
    line: index.lineOf(row),
    links: [index.hasLink(row, 'youtube'), index.hasLink(row, 'drive')],
    statuses: [index.status(row, 'youtube'), index.status(row, 'drive')],
    shape: [index.isShort(row), index.isTooLong(row)],
  }));
  return { path: index.path, columns, identity, header, skipped: index.skipped, rows };
}

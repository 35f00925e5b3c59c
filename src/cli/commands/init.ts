import { extname, join } from 'node:path';
import {
  COLUMN_KEYS,
  type ColumnMapping,
  DEFAULT_COLUMNS,
  ErrorSeverity,
  inspectCsv,
  RowtrailError,
  toErrorDict,
  validateCsvIntegrity,
  writeNumberedCopy,
} from '../../index.ts';
import { type CliCommand, ExitCode } from '../command.ts';
import { columnMappingOf } from '../columns.ts';
import { CSV_ARGUMENT, csvPathOf } from '../csv-argument.ts';
import { type FirstLook, renderInit } from '../render/init.ts';
import { CONFIG_FILE } from '../settings/config-file.ts';
import { writeColumns } from '../settings/write-columns.ts';
import { jsonText } from '../snake-case.ts';
import { print } from '../terminal.ts';

export const init: CliCommand = {
  name: 'init',
  summary: 'Look at a first CSV: which columns to use, what is missing, what is wrong',
  args: [CSV_ARGUMENT],
  examples: [
    'rowtrail init people.csv',
    'rowtrail init people.csv --write',
    'rowtrail init people.csv --add-row-ids',
  ],
  options: (command) => {
    command
      .option('--write', `put the proposed columns into ${CONFIG_FILE}; what else stands there stays`)
      .option('--add-row-ids', 'write a copy beside it, named .with-ids.csv, with a row_id column in front');
  },
  run: async (context, args, options) => {
    const { settings, cwd, terminal } = context;
    const mapped = columnMappingOf(settings);
    const given = await csvPathOf(context, args[0]);
    let csvPath = given;
    let numbered: number | null = null;
    if (options['addRowIds'] === true) {
      csvPath = withIds(given);
      numbered = (await writeNumberedCopy(given, csvPath, { columns: mapped })).rows;
    }
    const inspection = await inspectCsv(csvPath, { columns: mapped });
    const proposed = byKey(inspection.proposed);
    const isWritten = options['write'] === true && Object.keys(proposed).length > 0;
    if (isWritten) await writeColumns(join(cwd, CONFIG_FILE), proposed);
    const columns = { ...DEFAULT_COLUMNS, ...mapped, ...inspection.proposed };
    const found = inspection.lacking.length > 0 ? [] : await validateCsvIntegrity(csvPath, { columns });
    const isSettled = inspection.missing === null || isWritten;
    const isSound = found.every(
      ({ severity }) => severity === ErrorSeverity.INFO || severity === ErrorSeverity.WARNING,
    );
    const look: FirstLook = {
      csv: csvPath,
      numberedRows: numbered,
      header: inspection.header,
      columns: { ...byKey(inspection.found), ...proposed },
      proposed,
      lacking: inspection.lacking,
      written: isWritten,
      problems: found,
      ready: inspection.lacking.length === 0 && isSettled && isSound,
    };
    print(
      terminal,
      options['json'] === true
        ? jsonText({ ...look, problems: found.map(toErrorDict) })
        : await renderInit(look, given, terminal),
    );
    return look.ready ? ExitCode.DONE : ExitCode.FOUND;
  },
};

/** By the keys of the configuration. */
function byKey(names: Partial<Record<keyof ColumnMapping, string>>): Record<string, string> {
  return Object.fromEntries(
    (Object.keys(COLUMN_KEYS) as (keyof ColumnMapping)[]).flatMap((column) => {
      const name = names[column];
      return name === undefined ? [] : [[COLUMN_KEYS[column], name]];
    }),
  );
}

/** `people.with-ids.csv` beside `people.csv`. */
function withIds(csvPath: string): string {
  const extension = extname(csvPath);
  const stem = extension === '' ? csvPath : csvPath.slice(0, -extension.length);
  if (stem.endsWith('.with-ids'))
    throw new RowtrailError('usage', `${csvPath} is a copy with row_ids already`);
  return `${stem}.with-ids${extension || '.csv'}`;
}

import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import {
  errnoOf,
  type ErrorContext,
  ErrorSeverity,
  fileError,
  RowtrailError,
  toErrorContext,
} from '../../errors/index.ts';
import { TRACKING_COLUMNS } from '../../row/index.ts';
import { type ColumnMapping, DEFAULT_COLUMNS } from '../column-mapping.ts';
import { CsvChangedError } from '../csv-changed-error.ts';
import { identityOf, sameContent } from '../file-identity.ts';
import { RowCheck } from './check-row.ts';
import { type LenientHeader, readLenientHeader } from './lenient-header.ts';
import { type Problem, ProblemList } from './problem-list.ts';
import { scanRows } from './scan-rows.ts';

/** Bytes read at a time: some milliseconds of work, then the event loop is free. */
const CHUNK_BYTES = 256 * 1024;

export interface IntegrityOptions {
  readonly columns?: ColumnMapping | undefined;
  /** For the contexts' timestamps. */
  readonly clock?: () => Date;
  /** Makes the contexts' ids; random UUIDs by default. */
  readonly newId?: () => string;
  /** Bytes read at a time. */
  readonly chunkBytes?: number;
}

/**
 * Everything that is wrong with a CSV, at once and in the order of the file (API reference, "validate_csv_integrity"): it is not there
 * or cannot be read; UTF-16, a workbook, NUL bytes; empty; required columns missing or there twice; a row_id there twice; an
 * empty row_id or type; a row longer than the header; a quote that is never closed. A missing type column and a status cell that
 * holds no status are warnings, a row shorter than the header is information: none of them keeps rowtrail from working. An empty
 * list: nothing is wrong.
 *
 * At most 1,000 problems are listed, the gravest, and a last entry says how many more there are. A million rows take
 * about a second and a process of less than 200 MB. Nothing is created or changed, and no lock is taken.
 * @throws nothing for what is wrong with the file
 */
export async function validateCsvIntegrity(
  csvPath: string,
  options: IntegrityOptions = {},
): Promise<ErrorContext[]> {
  const { clock = () => new Date(), newId = randomUUID } = options;
  const context = (error: RowtrailError, severity?: ErrorSeverity): ErrorContext => {
    const made = toErrorContext(error, { filePath: csvPath }, clock, newId);
    // It is found, not thrown: where in the program that was says nothing.
    return { ...made, severity: severity ?? made.severity, stackTrace: null };
  };
  const problems = new ProblemList();
  const refusals: RowtrailError[] = [];
  try {
    const handle = await openFile(csvPath);
    try {
      refusals.push(...(await inspect(handle, csvPath, problems, options)));
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!(error instanceof RowtrailError) && errnoOf(error) === undefined) throw error;
    refusals.push(fileError(error, 'the CSV cannot be read', { file: csvPath }));
  }
  return [
    ...refusals.map((error) => context(error)),
    ...problems.listed().map((problem) => context(asError(problem, csvPath), problem.severity)),
    ...summaryOfLeft(problems).map(({ message, severity }) =>
      context(new RowtrailError('csv_invalid', message, { file: csvPath }), severity),
    ),
  ];
}

/** @returns what concerns the file as a whole; what has its place in a row goes into the list */
async function inspect(
  handle: FileHandle,
  path: string,
  problems: ProblemList,
  { columns = DEFAULT_COLUMNS, chunkBytes = CHUNK_BYTES }: IntegrityOptions,
): Promise<RowtrailError[]> {
  const before = identityOf(await handle.stat({ bigint: true }));
  const size = Number(before.size);
  const { header, refusal } = await readLenientHeader(handle, size, columns, path);
  if (header !== null) {
    checkNames(header, columns, problems);
    if (refusal === null) checkType(header, columns, problems);
    const check = new RowCheck(header, columns, problems);
    await scanRows(handle, size, header, { check, problems, chunkBytes });
  }
  const after = identityOf(await handle.stat({ bigint: true }));
  const changed = sameContent(before, after) ? [] : [new CsvChangedError(path)];
  return [...changed, ...(refusal === null ? [] : [refusal])];
}

/** Of several columns with one name the first counts, which may not be the one that was meant. */
function checkNames({ layout, line }: LenientHeader, columns: ColumnMapping, problems: ProblemList): void {
  const used = new Set([...Object.values(columns).map((name: string) => name.trim()), ...TRACKING_COLUMNS]);
  for (const [at, name] of layout.header.entries()) {
    const first = layout.header.indexOf(name);
    if (first === at || !used.has(name)) continue;
    problems.add({
      severity: ErrorSeverity.ERROR,
      line,
      column: at + 1,
      message: `the column \`${name}\` is there twice, as column ${first + 1} and as column ${at + 1}; only the first is used`,
    });
  }
}

/** It can be worked off without types; but then nothing shows that a row is still the one that it was. */
function checkType({ layout, line }: LenientHeader, columns: ColumnMapping, problems: ProblemList): void {
  if (layout.type >= 0) return;
  const message = `no column \`${columns.type.trim()}\`: rows have no type, in the names of their files neither`;
  problems.add({ severity: ErrorSeverity.WARNING, line, column: 1, message });
}

function asError({ message, line, column, rowId }: Problem, file: string): RowtrailError {
  const whose = rowId === undefined ? {} : { rowId };
  return new RowtrailError('csv_invalid', message, { file, line, column, ...whose });
}

function summaryOfLeft(
  problems: ProblemList,
): { readonly message: string; readonly severity: ErrorSeverity }[] {
  const left = problems.left();
  const worst = left[0];
  if (worst === undefined) return [];
  const total = left.reduce((sum, { count }) => sum + count, 0);
  const kinds = left.map(({ severity, count }) => `${severity} ${count}`).join(', ');
  return [{ message: `and ${total} more problems (${kinds})`, severity: worst.severity }];
}

/** A folder or a pipe is refused before it is opened: a pipe would wait for somebody to write into it. */
async function openFile(path: string): Promise<FileHandle> {
  try {
    const stats = await stat(path);
    if (!stats.isFile()) {
      const what = stats.isDirectory() ? 'a folder, not a CSV' : 'no ordinary file';
      throw new RowtrailError('csv_invalid', `this is ${what}`, { file: path });
    }
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const missing = ['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '');
    throw fileError(error, missing ? 'there is no such CSV' : 'the CSV cannot be opened', { file: path });
  }
}

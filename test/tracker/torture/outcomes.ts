import { DownloadResult, type DownloadType } from '../../../src/row/index.ts';
import { contextAt, type Tracking } from './sheet.ts';

/** A result that a process reports, in one word, so that it can be printed and looked for in the CSV. */
export interface Report {
  readonly row: number;
  readonly type: DownloadType;
  readonly success: boolean;
  /** Unique; part of the file name or of the error message. */
  readonly word: string;
}

export function resultOf({ row, type, success, word }: Report): DownloadResult {
  return new DownloadResult({
    success,
    filesDownloaded: success ? [fileOf(row, word)] : [],
    mediaId: success ? `${type}-${row}` : null,
    errorMessage: success ? null : `it broke: ${word}`,
    metadataFile: null,
    rowContext: contextAt(row),
  });
}

/** A file name that says whose it is, so that a result on another row is seen. */
const fileOf = (row: number, word: string) => `p${row}_${word}.mp4`;

export function lineOf({ row, type, success, word }: Report): string {
  return [row, type, success ? 'ok' : 'failed', word].join(' ');
}

export function reportOf(line: string): Report {
  const [row = '', type = '', how = '', word = ''] = line.split(' ');
  return { row: Number(row), type: type === 'drive' ? 'drive' : 'youtube', success: how === 'ok', word };
}

/** Whether a row's cells show a report as the last one of its type. */
export function shows(cells: Tracking, report: Report | null, type: DownloadType): boolean {
  const [status, files] = type === 'youtube' ? cells.slice(0, 3) : cells.slice(3, 6);
  if (report === null) return (status === 'pending' || status === '') && files === '';
  if (report.success) return status === 'completed' && files === fileOf(report.row, report.word);
  const errors = (cells[7] ?? '').split('; ').filter((entry) => entry.startsWith(`${type} attempt `));
  return status === 'failed' && (errors.at(-1) ?? '').endsWith(`: ${report.word}`);
}

import { randomUUID } from 'node:crypto';
import type { DownloadJob } from '../../src/queue/index.ts';

/** A job of a CSV of its own, or of the one that is given. */
export function job(rowId: string, change: Partial<DownloadJob> = {}): DownloadJob {
  return {
    csv: randomUUID(),
    row: { rowId, rowIndex: 0, line: 2, type: 'INFP', name: 'Ada', email: 'ada@example.org' },
    downloadType: 'drive',
    link: `https://drive.google.com/file/d/${rowId}`,
    runId: 'run-1',
    ...change,
  };
}

export function jobs(count: number, change: Partial<DownloadJob> = {}): readonly DownloadJob[] {
  const csv = randomUUID();
  return Array.from({ length: count }, (_, n) => job(String(n), { csv, ...change }));
}

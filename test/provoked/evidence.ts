import { expect } from 'vitest';
import {
  type Cause,
  CAUSES,
  type DownloadType,
  getPendingDownloads,
  listFailures,
  type Verdict,
} from '../../src/index.ts';
import { rowOf } from '../tracker/fixtures.ts';

/** One attempt at a download that ended so. */
export interface Ended {
  readonly csv: string;
  readonly rowId: string;
  readonly type: DownloadType;
  readonly cause: Cause;
}

const STATUS: Readonly<Record<Verdict, string>> = { again: 'failed', later: 'pending', never: 'failed' };

/** The CSV's cells, the list of failures and what is pending say of a download what the table says of its cause. */
export async function expectEverywhere({ csv, rowId, type, cause }: Ended): Promise<void> {
  const { category, verdict, nextStep } = CAUSES[cause];
  const cells = await rowOf(csv, rowId);
  expect(cells[`${type}_status`]).toBe(STATUS[verdict]);
  expect(cells['download_errors']).toMatch(new RegExp(`^${type} attempt 1 ${category}: \\S`));

  const ofRow = (row: { readonly rowId: string }) => row.rowId === rowId;
  const failures = (await listFailures(csv, { downloadType: type })).filter(ofRow);
  if (verdict === 'later') expect(failures).toEqual([]);
  else
    expect(failures).toMatchObject([
      { cause, category, nextStep, attempts: 1, permanent: verdict === 'never' },
    ]);
  const pending = (await getPendingDownloads(csv, { downloadType: type })).filter(ofRow);
  expect(pending).toHaveLength(verdict === 'never' ? 0 : 1);
}

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

const STATUS: Readonly<Record<Verdict, string>> = { again: 'failed', later: 'pending', never: 'failed' };

/** What the CSV's cells, the list of failures and that of pending rows say of a download. */
export async function toldOf(csv: string, rowId: string, type: DownloadType) {
  const cells = await rowOf(csv, rowId);
  const ofRow = (row: { readonly rowId: string }) => row.rowId === rowId;
  return {
    status: cells[`${type}_status`],
    errors: cells['download_errors'],
    failures: (await listFailures(csv, { downloadType: type, includeWaiting: true })).filter(ofRow),
    isPending: (await getPendingDownloads(csv, { downloadType: type })).some(ofRow),
  };
}

/** What no item has of its own: the first one puts off whoever meets it. */
const OUTAGE_AT_ONCE: ReadonlySet<Cause> = new Set(['dns_failed', 'proxy_refused', 'tls_failed']);

/** What they have to say after one attempt that ended by a cause, by the table of causes. */
export function tableSays(cause: Cause, type: DownloadType) {
  const { category, verdict, nextStep } = CAUSES[cause];
  const isPutOff = verdict === 'later' || OUTAGE_AT_ONCE.has(cause);
  const status = isPutOff ? 'pending' : STATUS[verdict];
  const attempts = isPutOff ? 0 : 1;
  return {
    status,
    errors: expect.stringMatching(new RegExp(`^${type} attempt 1 ${category}: \\S`)),
    failures: [{ status, cause, category, nextStep, attempts, permanent: verdict === 'never' }],
    isPending: verdict !== 'never',
  };
}

import { type Cause, RowtrailError } from '../errors/index.ts';
import { fingerprintOfAccess } from '../sources/index.ts';
import type { CsvTracker } from '../tracker/index.ts';
import type { WorkflowOptions } from './options.ts';

/** What other credentials may see that the ones before did not. */
const MENDED: readonly Cause[] = ['not_shared', 'download_disabled'];

/**
 * Makes Drive downloads due again that were given up because they are not shared, where this run has other credentials
 * than the last one that had any. @returns how many
 */
export async function letInAnew(
  tracker: CsvTracker,
  { driveApiKey, googleCredentials }: WorkflowOptions,
): Promise<number> {
  try {
    const credentials = await fingerprintOfAccess({ apiKey: driveApiKey, googleCredentials });
    if (credentials === null) return 0;
    return await (await tracker.ledger()).letIn('drive', credentials, MENDED);
  } catch (error) {
    // Credentials that cannot be used let nobody in; the run says so before it tries anything.
    if (error instanceof RowtrailError && error.code === 'credentials_unusable') return 0;
    throw error;
  }
}

import { type Cause, RowtrailError } from '../../errors/index.ts';
import { fingerprintOfAccess } from '../../sources/index.ts';
import type { CsvTracker } from '../../tracker/index.ts';
import type { WorkflowOptions } from '../options.ts';

/** What other credentials may see that the ones before did not. */
const MENDED: readonly Cause[] = ['not_shared', 'download_disabled'];

type Given = Pick<WorkflowOptions, 'driveApiKey' | 'googleCredentials' | 'skipDrive'>;

/**
 * Makes Drive downloads due again that were given up because they are not shared, or completed without an item that is not,
 * where this run has other credentials than the last one that had any. @returns how many
 */
export async function letInAnew(tracker: CsvTracker, given: Given): Promise<number> {
  const credentials = await credentialsOf(given);
  return credentials === null ? 0 : (await tracker.ledger()).letIn('drive', credentials, MENDED);
}

/** The rows whose Drive downloads a run with these credentials would make due. */
export async function foreseeLetIn(tracker: CsvTracker, given: Given): Promise<ReadonlySet<string>> {
  const ledger = await tracker.existingLedger();
  const credentials = ledger === null ? null : await credentialsOf(given);
  return new Set(credentials === null ? [] : await ledger?.dueWith('drive', credentials, MENDED));
}

async function credentialsOf({ driveApiKey, googleCredentials, skipDrive }: Given): Promise<string | null> {
  if (skipDrive === true) return null;
  try {
    return await fingerprintOfAccess({ apiKey: driveApiKey, googleCredentials });
  } catch (error) {
    // Credentials that cannot be used let nobody in; the run says so before it tries anything.
    if (error instanceof RowtrailError && error.code === 'credentials_unusable') return null;
    throw error;
  }
}

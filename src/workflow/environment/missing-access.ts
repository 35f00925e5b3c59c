import { RowtrailError } from '../../errors/index.ts';
import { resolveNetwork, tryDriveAccess } from '../../sources/index.ts';
import type { WorkflowOptions } from '../options.ts';

/** Why no Drive download can be made with the key or credentials that are given, or null. */
export async function missingAccess({
  driveApiKey,
  googleCredentials,
  proxy,
  caCert,
  signal,
}: WorkflowOptions): Promise<string | null> {
  const network = resolveNetwork({ proxy, caCert });
  try {
    await tryDriveAccess({ apiKey: driveApiKey, googleCredentials }, network, signal);
    return null;
  } catch (error) {
    // Whatever else keeps us from Drive may be over when the first row is tried, and is told then.
    if (error instanceof RowtrailError) return error.code === 'credentials_unusable' ? error.message : null;
    if (signal?.aborted === true) return null;
    throw error;
  }
}

import { RowtrailError } from '../../errors/index.ts';
import { readCertificates, resolveNetwork } from '../../sources/index.ts';
import type { WorkflowOptions } from '../options.ts';

/** Why no host can be trusted with the certificates that are given, or null. */
export async function missingTrust({ proxy, caCert }: WorkflowOptions): Promise<string | null> {
  const { caCertFile } = resolveNetwork({ proxy, caCert });
  if (caCertFile === null) return null;
  try {
    await readCertificates(caCertFile);
    return null;
  } catch (error) {
    if (error instanceof RowtrailError) return error.message;
    throw error;
  }
}

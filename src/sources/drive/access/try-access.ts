import type { Network } from '../../network.ts';
import { tryAccess } from '../api/drive-api.ts';
import { createHttpClient } from '../http/http-client.ts';
import { type AccessOptions, type DriveAccess, openAccess } from './access.ts';

/** A way in that was tried. */
export interface TriedAccess {
  readonly kind: DriveAccess['kind'];
  /** Whom files are to be shared with, where that is known. */
  readonly account: string | null;
}

/**
 * Asks Drive whether it lets us in with what is given; null without key and credentials, and then nobody is asked.
 * @throws RowtrailError (credentials_unusable, or of the network); AbortError
 */
export async function tryDriveAccess(
  options: AccessOptions,
  network: Network,
  signal?: AbortSignal,
): Promise<TriedAccess | null> {
  const access = await openAccess(options, network);
  if (access === null) return null;
  const client = await createHttpClient(network, signal);
  const account = await tryAccess({ client, signal, now: () => new Date(), access });
  return { kind: access.kind, account: account ?? access.account };
}

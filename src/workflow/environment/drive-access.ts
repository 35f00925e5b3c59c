import { RowtrailError } from '../../errors/index.ts';
import { type Network, tryDriveAccess } from '../../sources/index.ts';
import type { WorkflowOptions } from '../options.ts';
import { type EnvironmentCheck, fine, problem } from './check.ts';

const WAYS = {
  api_key: 'an API key',
  service_account: 'a service account',
  authorized_user: 'a signed-in account',
  access_token: 'an access token',
} as const;

/** Which way into Drive is chosen, and, where there is a key or credentials, whether Drive takes them. */
export async function checkDriveAccess(
  { driveApiKey, googleCredentials }: WorkflowOptions,
  network: Network,
): Promise<EnvironmentCheck> {
  const name = 'way into Drive';
  try {
    const tried = await tryDriveAccess({ apiKey: driveApiKey, googleCredentials }, network);
    if (tried === null) return fine(name, 'without an account: what is shared with everyone');
    return fine(name, `${WAYS[tried.kind]}${tried.account === null ? '' : `, ${tried.account}`}: taken`);
  } catch (error) {
    if (!(error instanceof RowtrailError)) throw error;
    const mend = error.code === 'credentials_unusable' ? 'See docs/drive.md, "Ways in".' : error.nextStep;
    return problem(name, error, mend, error.code);
  }
}

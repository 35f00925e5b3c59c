import { createHash } from 'node:crypto';
import { RowtrailError } from '../../../errors/index.ts';
import type { Network } from '../../network.ts';
import { createFetch } from '../http/http-client.ts';
import { type Credentials, readCredentials } from './credentials-file.ts';
import { tokenSource } from './google-auth.ts';

/** What a person has to be let in with. */
export interface AccessOptions {
  /** A key of a Google Cloud project; opens what is shared with everyone, through the API. */
  readonly apiKey?: string | undefined;
  /** A file: the key of a service account, or an OAuth token. It goes before an API key. */
  readonly googleCredentials?: string | undefined;
}

/** A way into Drive through its API. Its secrets go into headers only, never into addresses. */
export interface DriveAccess {
  readonly kind: 'api_key' | Credentials['kind'];
  /** Whom files are to be shared with, where the credentials say it. */
  readonly account: string | null;
  /** What a request needs to be let in. @throws RowtrailError (credentials_unusable, or of the network) */
  headers(): Promise<Readonly<Record<string, string>>>;
  /** Google did not take these `headers`: the next ones are made anew. False when that would change nothing. */
  renew(refused: Readonly<Record<string, string>>): boolean;
}

/** Tells a key or credentials from others, and nothing of what they are; null without any. @throws as `openAccess` */
export async function fingerprintOfAccess({
  apiKey,
  googleCredentials,
}: AccessOptions): Promise<string | null> {
  if (googleCredentials !== undefined)
    return fingerprintOf(identityOf(await readCredentials(googleCredentials)));
  const key = keyOf(apiKey);
  return key === null ? null : fingerprintOf(`api_key ${key}`);
}

/** Tokens are shared by all downloads of a process that use the same credentials the same way. */
const opened = new Map<string, Promise<DriveAccess>>();

/**
 * The way in that these options choose; null without any: what is shared with everyone is had without an account.
 * @throws RowtrailError (credentials_unusable, tls_failed)
 */
export async function openAccess(
  { apiKey, googleCredentials }: AccessOptions,
  network: Network,
): Promise<DriveAccess | null> {
  if (googleCredentials === undefined) {
    const key = keyOf(apiKey);
    return key === null ? null : keyAccess(key);
  }
  const credentials = await readCredentials(googleCredentials);
  const key = fingerprintOf(JSON.stringify([credentials, network]));
  const access = opened.get(key) ?? credentialsAccess(credentials, network);
  opened.set(key, access);
  try {
    return await access;
  } catch (error) {
    opened.delete(key);
    throw error;
  }
}

/** A key as it is meant: read from a file it often ends in a line break. */
function keyOf(apiKey: string | undefined): string | null {
  return apiKey?.trim() || null;
}

/** @throws RowtrailError (credentials_unusable) for what no header can carry, without a part of it */
function sendable(secret: string, name: string): string {
  if (/^[\x21-\x7e]+$/.test(secret)) return secret;
  throw new RowtrailError(
    'credentials_unusable',
    `The ${name} holds a character that no ${name} has, such as a line break: copy it again`,
  );
}

function keyAccess(apiKey: string): DriveAccess {
  const headers = { 'x-goog-api-key': sendable(apiKey, 'API key') };
  return {
    kind: 'api_key',
    account: null,
    headers: () => Promise.resolve(headers),
    renew: () => false,
  };
}

const BEARER = 'Bearer ';

async function credentialsAccess(credentials: Credentials, network: Network): Promise<DriveAccess> {
  const tokens = await tokenSource(credentials, await createFetch(network));
  return {
    kind: credentials.kind,
    account: credentials.kind === 'service_account' ? credentials.email : null,
    headers: async () => ({ authorization: BEARER + sendable(await tokens.token(), 'access token') }),
    renew: ({ authorization = '' }) => {
      tokens.forget(authorization.slice(BEARER.length));
      return credentials.kind !== 'access_token';
    },
  };
}

/** Who is behind credentials: a new key of the same account opens nothing more. */
function identityOf(credentials: Credentials): string {
  switch (credentials.kind) {
    case 'service_account':
      return `service_account ${credentials.email}`;
    case 'authorized_user':
      return `authorized_user ${credentials.clientId} ${credentials.refreshToken}`;
    case 'access_token':
      return `access_token ${credentials.accessToken}`;
  }
}

function fingerprintOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

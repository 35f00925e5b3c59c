import { errnoOf, RowtrailError } from '../../../errors/index.ts';
import { networkFailure } from '../verdicts/network-failure.ts';
import type { Credentials } from './credentials-file.ts';

/** Reading is all we do. */
const SCOPE = 'https://www.googleapis.com/auth/drive.readonly';

const TOKEN_HOST = 'oauth2.googleapis.com';

/** A token for requests, and what makes the next one be asked for anew. */
export interface TokenSource {
  /** @throws RowtrailError (credentials_unusable, or of the network) */
  token(): Promise<string>;
  /** Google did not take this one. The next one is asked for anew, once for all who were given it. */
  forget(token: string): void;
}

/**
 * Tokens for these credentials, renewed before they end. google-auth-library signs and asks; its requests go the way that
 * `fetch` goes, through our proxy and with our certificates.
 * @throws RowtrailError (credentials_unusable) where the library is not installed
 */
export async function tokenSource(
  credentials: Credentials,
  fetch: typeof globalThis.fetch,
): Promise<TokenSource> {
  if (credentials.kind === 'access_token') return fixedToken(credentials);
  const { JWT, OAuth2Client } = await loadLibrary();
  const make = () => {
    const transporterOptions = { fetchImplementation: fetch, retryConfig: { retry: 2 } };
    if (credentials.kind === 'service_account') {
      const { email, privateKey, keyId } = credentials;
      const key = keyId === null ? {} : { keyId };
      return new JWT({ email, key: privateKey, ...key, scopes: [SCOPE], transporterOptions });
    }
    const { clientId, clientSecret, refreshToken } = credentials;
    const client = new OAuth2Client({ clientId, clientSecret, transporterOptions });
    client.setCredentials({ refresh_token: refreshToken });
    return client;
  };
  let client = make();
  let given: string | null = null;
  return {
    async token() {
      const asked = client;
      try {
        const { token } = await asked.getAccessToken();
        if (asked === client) given = token ?? null;
        if (token) return token;
      } catch (error) {
        throw tokenFailure(error);
      }
      throw new RowtrailError('credentials_unusable', 'Google gave no token for the credentials');
    },
    forget(token) {
      // Who comes later was given an older one than the others are asking for by now.
      if (token !== given) return;
      client = make();
      given = null;
    },
  };
}

function fixedToken({ accessToken, expiresAt }: Extract<Credentials, { kind: 'access_token' }>): TokenSource {
  return {
    token: () => {
      if (expiresAt === null || expiresAt > Date.now()) return Promise.resolve(accessToken);
      const ended = new Date(expiresAt).toISOString();
      return Promise.reject(
        new RowtrailError(
          'credentials_unusable',
          `The access token ended at ${ended}; the file holds none to renew it with`,
        ),
      );
    },
    forget() {},
  };
}

async function loadLibrary() {
  try {
    return await import('google-auth-library');
  } catch (error) {
    if (errnoOf(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new RowtrailError(
      'credentials_unusable',
      'Google credentials need a library that is not installed: npm install google-auth-library@11',
      { error },
    );
  }
}

/** What the token endpoint answered, or why it did not; never with a part of the request, which holds secrets. */
function tokenFailure(error: unknown): RowtrailError {
  if (error instanceof RowtrailError) return error;
  const status = statusOf(error);
  if (status === null && isKeyError(error))
    return new RowtrailError('credentials_unusable', 'The private key of the service account cannot be used');
  if (status === null) {
    const { code, message } = networkFailure(error, TOKEN_HOST);
    return new RowtrailError(code, message);
  }
  if (status === 429) return new RowtrailError('too_many_requests', 'Google asks us to slow down (tokens)');
  if (status >= 500) return new RowtrailError('server_error', `Google could not give a token (${status})`);
  return new RowtrailError(
    'credentials_unusable',
    `Google refused the credentials (${status} ${reasonOf(error)})`,
  );
}

function statusOf(error: unknown): number | null {
  const response = error instanceof Error && 'response' in error ? error.response : null;
  const status =
    typeof response === 'object' && response !== null && 'status' in response ? response.status : null;
  return typeof status === 'number' ? status : null;
}

/** OpenSSL's codes for what is no key. */
function isKeyError(error: unknown): boolean {
  return /^ERR_OSSL|^ERR_CRYPTO|^ERR_INVALID_ARG/.test(errnoOf(error) ?? '');
}

/** `invalid_grant`, `unauthorized_client`, `deleted_client`: the words of RFC 6749, and nothing else. */
function reasonOf(error: unknown): string {
  const words = error instanceof Error ? error.message : '';
  return (
    /\b(?:invalid|unauthorized|unsupported|deleted|disabled|access)_[a-z_]{3,30}\b/.exec(words)?.[0] ??
    'refused'
  );
}

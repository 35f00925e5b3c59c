import { createHash, generateKeyPairSync, type KeyObject, randomBytes, verify } from 'node:crypto';
import { json, type Reply } from '../../reply.ts';
import type { SiteRequest } from '../../site.ts';

const TOKEN_URL = 'https://oauth2.googleapis.com/token';
const JWT_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** Seconds, as Google's tokens last. */
const LIFETIME = 3599;

/** Who may come in besides everyone. */
export interface Accounts {
  /** Keys of projects that the API takes; may be changed at any time. */
  readonly apiKeys: Set<string>;
  /** Makes a service account. @returns its key file, as the console gives it out */
  addServiceAccount(email?: string): { readonly email: string; readonly keyFile: string };
  /** Makes a person who has signed in. @returns the token file, as gcloud writes it */
  addUser(email: string): { readonly email: string; readonly tokenFile: string };
  /** Ends every token that was given out; new ones may be asked for. */
  endTokens(): void;
}

export interface KnownAccounts {
  readonly accounts: Accounts;
  /** Whose token this is; null for none that holds. */
  holderOf(token: string): string | null;
  /** Answers the token endpoint. */
  tokenReply(request: SiteRequest): Reply;
}

/** The accounts of a Drive, and the endpoint where they get tokens. */
export function createAccounts(): KnownAccounts {
  const services = new Map<string, KeyObject>();
  const refreshTokens = new Map<
    string,
    { readonly email: string; readonly clientId: string; readonly secret: string }
  >();
  const tokens = new Map<string, { readonly email: string; readonly endsAt: number }>();

  const give = (email: string, extra: Readonly<Record<string, string>> = {}): Reply => {
    const token = `ya29.loopback-${randomBytes(24).toString('base64url')}`;
    tokens.set(token, { email, endsAt: Date.now() + LIFETIME * 1000 });
    return json({ access_token: token, expires_in: LIFETIME, token_type: 'Bearer', ...extra });
  };
  const refuse = (error: string, description: string, status = 400): Reply =>
    json({ error, error_description: description }, status);

  const byAssertion = (assertion: string): Reply => {
    const [header = '', payload = '', signature = ''] = assertion.split('.');
    const claims = decoded(payload);
    const issuer = typeof claims['iss'] === 'string' ? claims['iss'] : '';
    const key = services.get(issuer);
    if (key === undefined) return refuse('invalid_grant', 'Invalid grant: account not found');
    const isSigned = verify(
      'RSA-SHA256',
      Buffer.from(`${header}.${payload}`),
      key,
      Buffer.from(signature, 'base64url'),
    );
    if (!isSigned || decoded(header)['alg'] !== 'RS256')
      return refuse('invalid_grant', 'Invalid JWT Signature.');
    if (claims['aud'] !== TOKEN_URL) return refuse('invalid_grant', 'Invalid JWT: aud');
    const [issued, ends] = [Number(claims['iat']), Number(claims['exp'])];
    const now = Date.now() / 1000;
    if (!(ends > now && issued <= now + 300 && ends - issued <= 3600))
      return refuse(
        'invalid_grant',
        'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.',
      );
    if (!String(claims['scope']).includes('/auth/drive'))
      return refuse('invalid_scope', 'Some requested scopes cannot be shown.');
    return give(issuer);
  };

  return {
    accounts: {
      apiKeys: new Set(),
      addServiceAccount(email = 'reader@loopback-project.iam.gserviceaccount.com') {
        const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
        services.set(email, publicKey);
        const keyFile = JSON.stringify({
          type: 'service_account',
          project_id: 'loopback-project',
          private_key_id: createHash('sha256').update(email).digest('hex').slice(0, 40),
          private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
          client_email: email,
          client_id: '100000000000000000000',
          token_uri: TOKEN_URL,
        });
        return { email, keyFile };
      },
      addUser(email) {
        const refreshToken = `1//loopback-${randomBytes(16).toString('base64url')}`;
        const [clientId, secret] = [
          'loopback.apps.googleusercontent.com',
          `secret-${randomBytes(8).toString('hex')}`,
        ];
        refreshTokens.set(refreshToken, { email, clientId, secret });
        const tokenFile = JSON.stringify({
          type: 'authorized_user',
          client_id: clientId,
          client_secret: secret,
          refresh_token: refreshToken,
        });
        return { email, tokenFile };
      },
      endTokens: () => tokens.clear(),
    },
    holderOf(token) {
      const known = tokens.get(token);
      return known !== undefined && known.endsAt > Date.now() ? known.email : null;
    },
    tokenReply({ method, body }) {
      if (method !== 'POST') return refuse('invalid_request', 'Only POST is allowed', 405);
      const form = new URLSearchParams(body);
      if (form.get('grant_type') === JWT_GRANT) return byAssertion(form.get('assertion') ?? '');
      if (form.get('grant_type') !== 'refresh_token')
        return refuse('unsupported_grant_type', 'Invalid grant_type');
      const known = refreshTokens.get(form.get('refresh_token') ?? '');
      if (known === undefined) return refuse('invalid_grant', 'Token has been expired or revoked.');
      if (form.get('client_id') !== known.clientId || form.get('client_secret') !== known.secret)
        return refuse('invalid_client', 'The OAuth client was not found.', 401);
      return give(known.email, { scope: 'https://www.googleapis.com/auth/drive.readonly' });
    },
  };
}

function decoded(part: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  } catch {
    return {};
  }
}

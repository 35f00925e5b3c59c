import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { RowtrailError } from '../../../errors/index.ts';

/** Who asks, as a file of Google's says it. */
export type Credentials =
  | {
      readonly kind: 'service_account';
      readonly email: string;
      readonly privateKey: string;
      readonly keyId: string | null;
    }
  | {
      readonly kind: 'authorized_user';
      readonly clientId: string;
      readonly clientSecret: string;
      readonly refreshToken: string;
    }
  /** A token that nobody can renew; it ends within the hour. */
  | { readonly kind: 'access_token'; readonly accessToken: string; readonly expiresAt: number | null };

const text = z.string().trim().min(1);

const serviceAccount = z
  .object({
    type: z.literal('service_account'),
    client_email: text,
    private_key: text,
    private_key_id: text.optional(),
  })
  .transform((file): Credentials => ({
    kind: 'service_account',
    email: file.client_email,
    privateKey: file.private_key,
    keyId: file.private_key_id ?? null,
  }));

/** What gcloud and the libraries of Google write once a person has signed in. */
const authorizedUser = z
  .object({ client_id: text, client_secret: text, refresh_token: text })
  .transform((file): Credentials => ({
    kind: 'authorized_user',
    clientId: file.client_id,
    clientSecret: file.client_secret,
    refreshToken: file.refresh_token,
  }));

const accessToken = z
  .object({
    access_token: text.optional(),
    token: text.optional(),
    /** Milliseconds since 1970. */
    expiry_date: z.number().optional(),
    expiry: z.iso.datetime({ offset: true, local: true }).optional().catch(undefined),
  })
  .transform((file, context): Credentials => {
    const token = file.access_token ?? file.token;
    if (token !== undefined) {
      const ends = file.expiry === undefined ? NaN : Date.parse(file.expiry);
      return {
        kind: 'access_token',
        accessToken: token,
        expiresAt: file.expiry_date ?? (Number.isNaN(ends) ? null : ends),
      };
    }
    context.addIssue({ code: 'custom', message: 'no token' });
    return z.NEVER;
  });

const schema = z.union([serviceAccount, authorizedUser, accessToken]);

/**
 * Reads a key file of a service account, or the token file of a person who signed in (with a refresh token, or with an
 * access token alone). Addresses in it are not heeded: tokens are asked for at Google only.
 * @throws RowtrailError (credentials_unusable); no message holds a part of the file
 */
export async function readCredentials(file: string): Promise<Credentials> {
  let json: string;
  try {
    json = await readFile(file, 'utf8');
  } catch (error) {
    throw new RowtrailError('credentials_unusable', 'The file of Google credentials cannot be read', {
      file,
      error,
    });
  }
  const parsed = schema.safeParse(parseJson(json));
  if (parsed.success) return parsed.data;
  throw new RowtrailError(
    'credentials_unusable',
    'The file holds neither the key of a service account nor an OAuth token',
    { file },
  );
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json.replace(/^\uFEFF/, ''));
  } catch {
    // What the parser says of it could quote the file.
    return undefined;
  }
}

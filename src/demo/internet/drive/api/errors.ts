import { json, type Reply } from '../../reply.ts';

interface ErrorFacts {
  readonly code: number;
  readonly message: string;
  readonly reason: string;
  readonly domain?: string;
  readonly location?: readonly [type: string, name: string];
  readonly status?: string;
  readonly details?: readonly object[];
}

/** An error in the shape in which Google's APIs give them. */
export function apiError({
  code,
  message,
  reason,
  domain = 'global',
  location,
  status,
  details,
}: ErrorFacts): Reply {
  const place = location === undefined ? {} : { locationType: location[0], location: location[1] };
  const error = {
    code,
    message,
    errors: [{ message, domain, reason, ...place }],
    ...(status === undefined ? {} : { status }),
    ...(details === undefined ? {} : { details }),
  };
  return json({ error }, code);
}

export const fileNotFound = (id: string): Reply =>
  apiError({
    code: 404,
    message: `File not found: ${id}.`,
    reason: 'notFound',
    location: ['parameter', 'fileId'],
  });

export const invalidToken = (): Reply =>
  apiError({
    code: 401,
    message: 'Invalid Credentials',
    reason: 'authError',
    location: ['header', 'Authorization'],
    status: 'UNAUTHENTICATED',
  });

export const invalidKey = (): Reply =>
  apiError({
    code: 400,
    message: 'API key not valid. Please pass a valid API key.',
    reason: 'badRequest',
    status: 'INVALID_ARGUMENT',
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'API_KEY_INVALID',
        domain: 'googleapis.com',
        metadata: { service: 'drive.googleapis.com' },
      },
    ],
  });

export const unregistered = (): Reply =>
  apiError({
    code: 403,
    message:
      "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
    reason: 'forbidden',
    status: 'PERMISSION_DENIED',
  });

export const invalidValue = (name: string): Reply =>
  apiError({ code: 400, message: 'Invalid Value', reason: 'invalid', location: ['parameter', name] });

export const refused = (reason: string, message: string, domain = 'global'): Reply =>
  apiError({ code: 403, message, reason, domain });

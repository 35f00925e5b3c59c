import { type Cause, errnoOf, RowtrailError } from '../../errors/index.ts';

/** Wrong keys: nobody knows who we are. */
const UNKNOWN_KEYS = [
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidAccessKeyId',
  'InvalidToken',
  'SignatureDoesNotMatch',
  'TokenRefreshRequired',
];
const OTHER_REGION = [
  'PermanentRedirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
];

/** What the storage answered to a request that it did not fulfil. */
export function answerOf(error: unknown): { readonly name: string; readonly status: number | null } {
  if (!(error instanceof Error)) return { name: '', status: null };
  const { $metadata } = error as { readonly $metadata?: { readonly httpStatusCode?: number } };
  return { name: error.name, status: $metadata?.httpStatusCode ?? null };
}

/** The name is taken, or its object is not the one that was read. */
export function isConditionFailed(error: unknown): boolean {
  const { name, status } = answerOf(error);
  return (
    status === 412 || name === 'PreconditionFailed' || name === 'ConditionalRequestConflict' || status === 409
  );
}

export function isMissing(error: unknown): boolean {
  const { name, status } = answerOf(error);
  return (
    ['NoSuchKey', 'NotFound', 'NoSuchUpload'].includes(name) || (status === 404 && name !== 'NoSuchBucket')
  );
}

/** A server that knows nothing of a condition or a checksum says so, or ignores it. */
export function isNotImplemented(error: unknown): boolean {
  const { name, status } = answerOf(error);
  return status === 501 || name === 'NotImplemented';
}

/**
 * A failure of object storage with its cause: what the storage said in its own terms, else what kept us from it.
 * @param place the address that was asked, as it is shown
 * @returns what is passed on as it is: our own errors, an abort, a fault of the program
 */
export function storageError(error: unknown, place: string): unknown {
  if (error instanceof RowtrailError || error instanceof TypeError) return error;
  const { name, status } = answerOf(error);
  if (name === 'AbortError') return error;
  const failed = (cause: Cause, message: string) =>
    new RowtrailError(cause, `${place}: ${message}`, { error });
  if (name === 'NoSuchBucket') return failed('storage_refused', 'there is no such bucket');
  if (UNKNOWN_KEYS.includes(name))
    return failed('storage_refused', `the storage does not accept the keys, or there are none (${name})`);
  if (name === 'RequestTimeTooSkewed')
    return failed(
      'storage_refused',
      "this machine's clock is too far from the storage's (RequestTimeTooSkewed)",
    );
  if (OTHER_REGION.includes(name) || status === 301)
    return failed('storage_refused', 'the bucket is in another region: set AWS_REGION, or --s3-region');
  if (name === 'NoSuchUpload') return failed('storage_unreachable', 'somebody ended its upload meanwhile');
  if (name === 'BadDigest' || name === 'XAmzContentChecksumMismatch' || name === 'XAmzContentSHA256Mismatch')
    return failed('storage_mismatch', 'what arrived there was not what was sent');
  if (status === 401 || status === 403)
    return failed('storage_refused', `these keys are not allowed to do that (${name})`);
  if (status !== null && status >= 400 && status < 500 && status !== 408 && status !== 429)
    return failed('storage_refused', `the storage refused (${name}, HTTP ${status})`);
  const why = status === null ? (errnoOf(error) ?? name) : `${name}, HTTP ${status}`;
  return failed('storage_unreachable', `the storage cannot be reached (${why})`);
}

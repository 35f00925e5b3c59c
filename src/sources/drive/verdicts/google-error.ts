import { z } from 'zod';
import { googleReason, type GoogleReason } from '../../../errors/index.ts';

/** Stands beside the reason that says more: a quota of the day is a limit of requests, too. */
const ANY_LIMIT = 'RATE_LIMIT_EXCEEDED';

/** Says no more than the status 403. */
const FORBIDDEN = 'forbidden';

/** Older answers say by their words alone that it is the caller who is turned away, whatever was asked for. */
const REFUSED_CALLER = /\bunregistered callers\b|^Requests (?:from|to) .+ are blocked/i;

const parts = z
  .array(z.object({ reason: z.string().optional() }))
  .optional()
  .catch([]);
const jsonError = z.object({
  error: z.object({
    errors: parts,
    details: parts,
    message: z.string().catch(''),
    status: z.string().optional().catch(undefined),
  }),
});

/** A JSON error as Google gives it. */
export interface GoogleError {
  /** Of the reasons that we know, the one that says most. */
  readonly known: GoogleReason | null;
  /** A reason that we do not know; hostile. */
  readonly unknown: string | null;
  /** Whether it has parts of Google's; other hosts use its outer form, too. */
  readonly isGoogles: boolean;
}

/** What a JSON error names in any of its parts; null for another text. */
export function readGoogleError(body: string): GoogleError | null {
  const parsed = jsonError.safeParse(parseJson(body));
  if (!parsed.success) return null;
  const { details = [], errors = [], message, status } = parsed.data.error;
  const reasons = [...details, ...errors].flatMap(({ reason = '' }) => (reason === '' ? [] : [reason]));
  return {
    known: knownIn(reasons, message),
    unknown: reasons.find((reason) => reason !== FORBIDDEN && googleReason(reason) === null) ?? null,
    isGoogles: reasons.length > 0 || status !== undefined,
  };
}

function knownIn(reasons: readonly string[], message: string): GoogleReason | null {
  const found = reasons.flatMap((reason) => googleReason(reason) ?? []);
  const known = found.find(({ reason }) => reason !== ANY_LIMIT) ?? found[0];
  if (known !== undefined) return known;
  if (!REFUSED_CALLER.test(message)) return null;
  const sentence = 'Google does not let the API key or the credentials ask Drive';
  return { reason: FORBIDDEN, cause: 'credentials_unusable', sentence };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

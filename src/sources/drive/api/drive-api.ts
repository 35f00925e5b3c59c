import { z } from 'zod';
import { RowtrailError } from '../../../errors/index.ts';
import type { DriveAccess } from '../access/access.ts';
import { API_ORIGIN } from '../http/google-host.ts';
import { ask, type OpenOptions, pageText } from '../open-file.ts';
import { GOOGLE_ONLY, redirected } from '../http/reach.ts';
import { statusFailure } from '../verdicts/status-failure.ts';
import type { GoogleTarget } from '../links/target.ts';
import { type ApiEntry, ENTRY_FIELDS, entrySchema, listedSchema } from './api-file.ts';
import { resourceKeyHeader } from './resource-keys.ts';

const PAGE_SIZE = 1000;
/** A page of a thousand entries has about a megabyte. */
const MAX_ANSWER_BYTES = 32 << 20;

export type ApiOptions = Pick<OpenOptions, 'client' | 'signal' | 'now'> & { readonly access: DriveAccess };

const pageSchema = z.object({
  nextPageToken: z.string().nullish(),
  incompleteSearch: z.boolean().optional().catch(undefined),
  // An empty folder has an empty list; an answer without one says nothing of the folder.
  files: z.array(listedSchema),
});

/** What the API says of a file. @throws RowtrailError with the cause of its refusal; AbortError */
export async function getFile(target: GoogleTarget, options: ApiOptions): Promise<ApiEntry> {
  const url = fileUrl(target.id, { fields: ENTRY_FIELDS, supportsAllDrives: 'true' });
  const ofThisFile = z.looseObject({ id: z.literal(target.id) }).pipe(entrySchema);
  return withKeyOf(await getJson(url, ofThisFile, resourceKeyHeader([target]), options), target);
}

/** A part of a folder's list, and what the next one is asked for with; null at the end. */
export interface ChildrenPage {
  readonly entries: readonly ApiEntry[];
  readonly next: string | null;
  /** Whether something may be missing, as the API itself says. */
  readonly isIncomplete: boolean;
}

/**
 * A page of a folder's entries, in the order of their names; also of a shared drive.
 * @param path the folders above it, whose resource keys open it
 * @param pageToken null for the first page
 * @throws RowtrailError with the cause of the API's refusal; AbortError
 */
export async function listChildren(
  folder: GoogleTarget,
  path: readonly GoogleTarget[],
  pageToken: string | null,
  options: ApiOptions,
): Promise<ChildrenPage> {
  const url = apiUrl('files', {
    q: `'${folder.id}' in parents and trashed = false`,
    fields: `nextPageToken,incompleteSearch,files(${ENTRY_FIELDS})`,
    pageSize: String(PAGE_SIZE),
    orderBy: 'name',
    supportsAllDrives: 'true',
    includeItemsFromAllDrives: 'true',
    ...(pageToken === null ? {} : { pageToken }),
  });
  const headers = resourceKeyHeader([...path, folder]);
  const { files, nextPageToken, incompleteSearch } = await getJson(url, pageSchema, headers, options);
  return { entries: files, next: nextPageToken || null, isIncomplete: incompleteSearch === true };
}

/** Asks who we are, or, with a key alone, for a file that nobody has: what comes back tells whether we are let in. */
export async function tryAccess(options: ApiOptions): Promise<string | null> {
  if (options.access.kind !== 'api_key') {
    const schema = z.object({ user: z.object({ emailAddress: z.string().catch('') }) });
    const { user } = await getJson(apiUrl('about', { fields: 'user(emailAddress)' }), schema, {}, options);
    return user.emailAddress || null;
  }
  try {
    await getFile({ kind: 'any', id: 'rowtrail-tries-its-key', resourceKey: null }, options);
  } catch (error) {
    if (!(error instanceof RowtrailError) || error.code !== 'not_found') throw error;
  }
  return null;
}

/** The address of a file in the API, or of something made of it. */
export function fileUrl(id: string, query: Readonly<Record<string, string>>, verb = ''): string {
  return apiUrl(`files/${encodeURIComponent(id)}${verb}`, query);
}

function apiUrl(path: string, query: Readonly<Record<string, string>>): string {
  return `${API_ORIGIN}/drive/v3/${path}?${new URLSearchParams(query)}`;
}

async function getJson<T>(
  url: string,
  schema: z.ZodType<T>,
  headers: Readonly<Record<string, string>>,
  options: ApiOptions,
): Promise<T> {
  const answer = await ask(url, { ...options, headers, reach: GOOGLE_ONLY });
  const { status } = answer;
  const body = await pageText(answer, options, MAX_ANSWER_BYTES);
  // Where it leads says why there is no answer.
  if (status >= 300 && status < 400) redirected(answer.headers.get('location'), url, GOOGLE_ONLY);
  const json = parseJson(body);
  if (status !== 200 || json === undefined) {
    const retryAfter = answer.headers.get('retry-after');
    throw await statusFailure({ status, retryAfter, body, hasAccess: true }, options.now());
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new RowtrailError('unexpected_page', "The API's answer cannot be read: run again", {
    error: parsed.error,
  });
}

/** The key of the link opens the file that it leads to, too, where the API does not repeat it. */
function withKeyOf(entry: ApiEntry, { resourceKey }: GoogleTarget): ApiEntry {
  if (!('target' in entry) || entry.target.resourceKey !== null) return entry;
  return { ...entry, target: { ...entry.target, resourceKey } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

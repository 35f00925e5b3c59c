import { RowtrailError } from '../../errors/index.ts';
import type { Network } from '../network.ts';
import { type AccessOptions, openAccess } from './access/access.ts';
import { createHttpClient } from './http/http-client.ts';
import { parseDriveLinks } from './links/link.ts';
import { networkFailure } from './verdicts/network-failure.ts';
import { openFile } from './open-file.ts';
import { GOOGLE_ONLY } from './http/reach.ts';
import { downloadUrl, type GoogleTarget } from './links/target.ts';

/** One tab of a Google Sheet. */
export interface SheetAddress {
  readonly id: string;
  /** Of the tab; 0 is the first of most sheets. */
  readonly gid: string;
}

/** What came of a sheet: the bytes of its CSV export. */
export interface FetchedSheet {
  readonly bytes: Buffer;
  /** What Google calls the file; hostile. */
  readonly name: string | null;
}

export interface SheetOptions extends AccessOptions {
  readonly network: Network;
  readonly signal?: AbortSignal | undefined;
  readonly now: () => Date;
}

/** Google exports at most ten million cells; more than this is no sheet of people. */
const MAX_BYTES = 512 * 1024 * 1024;

/** Whether a text is an address of Google Sheets, so that it cannot be meant as a file. */
export function isSheetAddress(text: string): boolean {
  return /^(https?:\/\/)?docs\.google\.com\/spreadsheets\//i.test(text.trim());
}

/** The sheet and tab that an address names, as a browser shows it. @throws RowtrailError (malformed_link) */
export function parseSheetAddress(address: string): SheetAddress {
  return { id: targetOf(address).id, gid: /[#&?]gid=(\d{1,12})(?!\d)/.exec(address)?.[1] ?? '0' };
}

function targetOf(address: string): GoogleTarget {
  const { targets } = parseDriveLinks(address.trim());
  const [target, another] = targets;
  // What is published to the web has another id, under which nothing can be exported.
  const isPublished = /\/spreadsheets\/(u\/\d+\/)?d\/e\//.test(address);
  if (target?.kind === 'spreadsheet' && another === undefined && !isPublished) return target;
  throw new RowtrailError(
    'malformed_link',
    `"${address.slice(0, 200)}" names no Google Sheet: open the sheet and copy the address from the browser`,
  );
}

/**
 * Fetches one tab of a Google Sheet as CSV; nothing is written to the sheet.
 * @throws RowtrailError (not_shared where it is not shared with everyone, nor with the credentials' account; malformed_link;
 *   of the network), AbortError
 */
export async function fetchSheet(address: string, options: SheetOptions): Promise<FetchedSheet> {
  const { network, signal, now } = options;
  const target = targetOf(address);
  const url = new URL(downloadUrl(target, 'csv'));
  url.searchParams.set('gid', parseSheetAddress(address).gid);
  const access = await openAccess(options, network);
  const client = await createHttpClient(network, signal);
  try {
    const { answer, facts } = await openFile(url.href, {
      client,
      headers: {},
      reach: GOOGLE_ONLY,
      access,
      signal,
      now,
    });
    const bytes = await bodyOf(answer, signal);
    if (facts?.size !== null && facts?.size !== undefined && facts.size !== bytes.length)
      throw new RowtrailError('short_body', 'The sheet came in part only: try again');
    if (facts?.mediaType !== 'text/csv')
      throw new RowtrailError(
        'unexpected_page',
        `Instead of a CSV came ${facts?.mediaType ?? 'something else'}`,
      );
    return { bytes, name: facts.name };
  } catch (error) {
    if (!(error instanceof RowtrailError && ['not_shared', 'not_found'].includes(error.code))) throw error;
    const whom = access?.account ?? null;
    const how =
      whom === null
        ? 'in Google Sheets choose Share, General access, Anyone with the link; or give --google-credentials'
        : `share it with ${whom}, or with anyone who has the link`;
    throw new RowtrailError(error.code, `The sheet cannot be read: ${how}`, { error });
  }
}

async function bodyOf(
  { body, url }: { readonly body: AsyncIterable<unknown>; readonly url: string },
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MAX_BYTES) break;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw networkFailure(error, new URL(url).host);
  }
  if (length > MAX_BYTES) throw new RowtrailError('unexpected_page', 'The sheet is larger than 512 MiB');
  return Buffer.concat(chunks);
}

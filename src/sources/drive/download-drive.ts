import { givenOptions } from '../../errors/index.ts';
import { lazyAttempt, outputAt } from '../../files/index.ts';
import { asRowContext, type DownloadResult, type RowContext } from '../../row/index.ts';
import { resolveNetwork } from '../network.ts';
import { resultOfItems, resultOfLinkError } from '../to-result.ts';
import type { DriveOptions } from './drive-options.ts';
import { checkExportFormats } from './export-formats.ts';
import { fetchLinks, refusedItem } from './fetch-links.ts';
import { parseDriveLinks } from './links/link.ts';
import { asFailure, throwIfAborted } from './turns.ts';

/**
 * Downloads every file that a Google Drive link cell points at, with complete row tracking: links to files, to the
 * documents of Google's editors (exported as docx, xlsx, pptx) and to folders, several in one cell. Without a key or
 * credentials it fetches what is shared with everyone. What a folder of Drive's holds is kept in a folder of the row's own.
 *
 * Files are streamed into staging, checked (length, published checksum, type) and then moved to their names, each
 * with a sidecar. A cut connection is continued; so is what an earlier attempt left, also after a crash.
 * What a host, a link or the disk does is in the result's items; one bad file does not stop the others, but a host
 * that refuses us as a whole does.
 * @param url the link cell as it stands in the CSV
 * @param given `outputDir` defaults to `drive_downloads`, `network` to that of the environment
 * @throws AbortError when the signal fires; what arrived stays in staging and the next attempt continues it
 */
export async function downloadDriveWithContext(
  url: string,
  rowContext: RowContext,
  given: DriveOptions = {},
): Promise<DownloadResult> {
  const options = givenOptions(given);
  return fetchDownload(url ?? '', asRowContext(rowContext), options);
}

async function fetchDownload(
  url: string,
  rowContext: RowContext,
  options: DriveOptions,
): Promise<DownloadResult> {
  const download = { row: rowContext, downloadType: 'drive' } as const;
  throwIfAborted(options.signal);
  const { links, error } = parseDriveLinks(url, options);
  checkExportFormats(options.exportFormats ?? []);
  const { outputDir = 'drive_downloads', done = [] } = options;
  if (error !== null)
    return resultOfItems({
      ...download,
      items: links.flatMap((link, at) => ('error' in link ? [refusedItem(link, at)] : [])),
      done,
    });
  const output = outputAt(outputDir);
  const staging = lazyAttempt(output.workDir, { rowId: rowContext.rowId, downloadType: 'drive', link: url });
  try {
    const network = options.network ?? resolveNetwork();
    const destination = { row: rowContext, output, staging, network };
    const items = await fetchLinks(links, destination, options);
    return resultOfItems({ ...download, items, done });
  } catch (failure) {
    throwIfAborted(options.signal);
    return resultOfLinkError({ ...download, kind: 'file', url, error: asFailure(failure) });
  } finally {
    // A part waits for the next attempt.
    await staging.leave((name) => name.endsWith('.part'));
  }
}

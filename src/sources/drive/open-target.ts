import { splitExtension } from '../../files/index.ts';
import { nameInAddress } from './links/direct-target.ts';
import { exportFormatOf } from './export-formats.ts';
import { type OpenedFile, openFile, type OpenOptions } from './open-file.ts';
import { type Reach, reachOf } from './http/reach.ts';
import { type DirectTarget, downloadUrl, type DriveTarget } from './links/target.ts';

/** What a download may do and wants, beyond the target itself. */
export interface WayIn {
  readonly allowPrivateAddresses: boolean;
  /** Formats for documents of Google's editors, the preferred one first. */
  readonly exportFormats: readonly string[];
}

/**
 * Asks for a target's bytes.
 * @param found where they were found the last time, so that a cut transfer goes on without the pages in between
 * @throws RowtrailError with the cause of the refusal, or AbortError
 */
export function openTarget(
  target: DriveTarget,
  found: string | null,
  options: Omit<OpenOptions, 'reach' | 'isPageWanted'> & WayIn,
): Promise<OpenedFile> {
  const reach = reachOf(target, options.allowPrivateAddresses);
  if (target.kind === 'direct') return openDirect(target, found ?? target.url, reach, options);
  const start = found ?? downloadUrl(target, exportFormatOf(target.kind, options.exportFormats));
  return openFile(start, { ...options, reach });
}

/** A host that says nothing of a name has given it in the link. */
async function openDirect(
  target: DirectTarget,
  start: string,
  reach: Reach,
  options: Omit<OpenOptions, 'reach'>,
): Promise<OpenedFile> {
  const opened = await openFile(start, { ...options, reach, isPageWanted: ({ url }) => isPageAddress(url) });
  if (opened.facts === null) return opened;
  const inLink = nameInAddress(target.url);
  const inAddress = splitExtension(inLink ?? '').extension === '' ? nameInAddress(opened.answer.url) : null;
  const { name, isAttachment } = opened.facts;
  return {
    ...opened,
    facts: {
      ...opened.facts,
      name: name ?? inAddress ?? inLink,
      isAttachment: isAttachment || isPageAddress(target.url),
    },
  };
}

/** Behind an address that ends so a page is the file. */
function isPageAddress(url: string): boolean {
  return /\.x?html?$/i.test(new URL(url).pathname);
}

import { RowtrailError } from '../../errors/index.ts';
import type { DriveAccess } from './access/access.ts';
import { getFile } from './api/drive-api.ts';
import { openMedia } from './api/open-media.ts';
import type { FetchContext } from './fetch-file.ts';
import type { PlannedItem } from './listing/planned-item.ts';
import { isHtml, isRefusal, type OpenOptions } from './open-file.ts';
import { openTarget, type WayIn } from './open-target.ts';

export type ItemOptions = Pick<OpenOptions, 'client' | 'signal' | 'now'> &
  WayIn & { readonly access: DriveAccess | null };

/**
 * How an item's bytes are asked for: through the API where it told of the file, else as anybody asks. Whoever begins anew sees what
 * the API says by then, so that a file that was changed meanwhile is compared with its own checksum.
 */
export function openItem(item: PlannedItem, options: ItemOptions): FetchContext['open'] {
  const { access, exportFormats } = options;
  if (item.file === null || access === null)
    return (target, found, headers) => openTarget(target, found, { ...options, headers, access: null });
  const api = { ...options, access };
  let file = item.file;
  let isStale = false;
  const lookAgain = async () => {
    const entry = await getFile(file.target, api);
    if ('target' in entry) file = entry;
  };
  return async (_target, found, headers) => {
    if (isStale && found === null) await lookAgain();
    isStale = true;
    const open = () => {
      if (file.mayDownload) return openMedia(file, found, exportFormats, { ...api, headers });
      throw new RowtrailError('download_disabled', 'Downloading is switched off for the file');
    };
    try {
      return await open();
    } catch (error) {
      if (!isHtml(file.mediaType) || !isRefusal(error)) throw error;
      // The owner's own page is known by its size, which changes with it.
      const { size } = file;
      await lookAgain();
      if (file.size === size) throw error;
      return open();
    }
  };
}

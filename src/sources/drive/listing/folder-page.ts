import { RowtrailError } from '../../../errors/index.ts';
import { ask, type OpenOptions, pageText } from '../open-file.ts';
import { redirected } from '../http/reach.ts';
import type { FolderPage } from './read-folder-page.ts';
import { statusFailure } from '../verdicts/status-failure.ts';
import { folderUrl, type GoogleTarget } from '../links/target.ts';

const MAX_HOPS = 10;
/** An entry has about 600 bytes; a hundred thousand of them are more than a page of Drive's ever shows. */
const MAX_LIST_BYTES = 64 << 20;

/** The page that lists a public folder. @throws RowtrailError with the cause that stands in its way; AbortError */
export async function fetchFolderPage(folder: GoogleTarget, options: OpenOptions): Promise<FolderPage> {
  let url = folderUrl(folder);
  for (let hop = 0; hop <= MAX_HOPS; hop += 1) {
    const answer = await ask(url, options);
    if (answer.status >= 300 && answer.status < 400) {
      await answer.body.dump();
      url = redirected(answer.headers.get('location'), url, options.reach);
      continue;
    }
    const body = await pageText(answer, options, answer.status === 200 ? MAX_LIST_BYTES : undefined);
    if (answer.status === 200) {
      const { readFolderPage } = await import('./read-folder-page.ts');
      if (body.length < MAX_LIST_BYTES / 2) return readFolderPage(body, options.now());
      throw new RowtrailError('unexpected_page', "The folder's page is too long to be read");
    }
    const retryAfter = answer.headers.get('retry-after');
    throw await statusFailure({ status: answer.status, retryAfter, body }, options.now());
  }
  throw new RowtrailError('unexpected_page', `More than ${MAX_HOPS} redirects came instead of the folder`);
}

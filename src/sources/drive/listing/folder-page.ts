import { RowtrailError } from '../../../errors/index.ts';
import { ask, type OpenOptions, pagePieces, pageText } from '../open-file.ts';
import { redirected } from '../http/reach.ts';
import type { FolderPage } from './read-folder-page.ts';
import { statusFailure } from '../verdicts/status-failure.ts';
import { folderUrl, type GoogleTarget } from '../links/target.ts';

const MAX_HOPS = 10;
/** More than is read of it as text. */
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
    if (answer.status === 200) {
      const { FolderPageReader } = await import('./read-folder-page.ts');
      const reader = new FolderPageReader();
      for await (const piece of pagePieces(answer, options, MAX_LIST_BYTES)) reader.write(piece);
      return reader.end(options.now());
    }
    const body = await pageText(answer, options);
    const retryAfter = answer.headers.get('retry-after');
    throw await statusFailure({ status: answer.status, retryAfter, body }, options.now());
  }
  throw new RowtrailError('unexpected_page', `More than ${MAX_HOPS} redirects came instead of the folder`);
}

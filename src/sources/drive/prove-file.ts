import { extname } from 'node:path';
import { RowtrailError } from '../../errors/index.ts';
import type { ItemFailure } from '../../row/index.ts';
import { BINARY_EXTENSION, checkedExtension } from './names/content-type.ts';

/**
 * What is wrong with a file that somebody else fetched from Drive, by its first bytes: a web page in its place, or a name that
 * promises a film, a picture or a document which the bytes are not. Null where nothing is.
 * @throws the system error of reading
 */
export async function proveDriveFile(path: string, name: string): Promise<ItemFailure | null> {
  const extension = extname(name).toLowerCase();
  try {
    await checkedExtension(
      path,
      name,
      {
        isAttachment: ['.html', '.htm', '.xhtml'].includes(extension),
        mediaType: null,
        md5: null,
        crc32c: null,
        sha256: null,
      },
      null,
    );
  } catch (error) {
    if (!(error instanceof RowtrailError)) throw error;
    return { cause: error.code, message: error.message };
  }
  if (!BINARY_EXTENSION.test(extension)) return null;
  const { fileTypeFromFile } = await import('file-type');
  const found = await fileTypeFromFile(path);
  return found === undefined
    ? { cause: 'not_media', message: `Its bytes are not what ${extension} files begin with.` }
    : null;
}

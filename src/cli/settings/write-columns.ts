import { randomBytes } from 'node:crypto';
import { readFile, realpath, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { classifyError, RowtrailError } from '../../index.ts';
import { CONFIG_FILE } from './config-file.ts';

/**
 * Puts column names into the configuration file; its other keys and its comments stay. The file is replaced whole or not at
 * all; one that is not there is made.
 * @param columns header names by key of `columns:`
 * @throws RowtrailError for a file that cannot be read as YAML, or cannot be written
 */
export async function writeColumns(path: string, columns: Readonly<Record<string, string>>): Promise<void> {
  const { isMap, parseDocument } = await import('yaml');
  try {
    const target = await realpath(path).catch(() => path);
    const document = parseDocument(await sourceOf(target));
    if (document.errors.length > 0)
      throw new RowtrailError('usage', 'not valid YAML, so nothing was written', { file: CONFIG_FILE });
    // A key that is there without a value holds no names to keep.
    if (document.has('columns') && !isMap(document.get('columns', true))) document.delete('columns');
    for (const [key, name] of Object.entries(columns)) document.setIn(['columns', key], name);
    const temp = `${target}.${randomBytes(6).toString('hex')}.tmp`;
    try {
      await writeFile(temp, document.toString({ lineWidth: 0 }), {
        ...{ flag: 'wx', flush: true },
        mode: await modeOf(target),
      });
      await rename(temp, target);
    } catch (error) {
      await unlink(temp).catch(() => {});
      throw error;
    }
  } catch (error) {
    if (error instanceof RowtrailError) throw error;
    throw new RowtrailError(classifyError(error), 'the settings cannot be written', {
      file: CONFIG_FILE,
      error,
    });
  }
}

/** Who may read it stays as it is. */
async function modeOf(path: string): Promise<number> {
  const there = await stat(path).catch(() => null);
  return there === null ? 0o666 : there.mode & 0o777;
}

async function sourceOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

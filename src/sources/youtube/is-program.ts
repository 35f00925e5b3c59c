import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';

/** Whether a file is there that this user may start. */
export async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

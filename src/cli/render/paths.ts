import { isAbsolute, relative, sep } from 'node:path';

/** A path as it can be opened from where the person is: short where it lies below, else whole. */
export function fromHere(path: string, cwd: string): string {
  const below = relative(cwd, path);
  return below === '' || below === '..' || below.startsWith(`..${sep}`) || isAbsolute(below) ? path : below;
}

import { readFileSync } from 'node:fs';

/** The package's version, from the package.json that stands above `src` and `dist`. */
export const version: string = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    readonly version: string;
  }
).version;

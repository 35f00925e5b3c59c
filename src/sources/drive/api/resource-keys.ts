import type { GoogleTarget } from '../links/target.ts';

/** The header by which the API is given the keys of old links, for the file itself and the folders it was found in. */
export function resourceKeyHeader(targets: readonly GoogleTarget[]): Readonly<Record<string, string>> {
  const pairs = targets.flatMap(({ id, resourceKey }) =>
    resourceKey === null ? [] : [`${id}/${resourceKey}`],
  );
  return pairs.length === 0 ? {} : { 'x-goog-drive-resource-keys': [...new Set(pairs)].join(',') };
}

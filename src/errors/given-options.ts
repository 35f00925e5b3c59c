import { RowtrailError } from './rowtrail-error.ts';

/**
 * The options of a call, for callers without a type checker: null counts as left out, as the API reference's `None` does, and so every
 * default holds. Pure.
 * @throws RowtrailError `usage` where something else than one object was given: `'youtube'` must not silently mean `both`
 */
export function givenOptions<Options extends object>(given: Options | null | undefined): Options {
  if (given !== undefined && given !== null && (typeof given !== 'object' || Array.isArray(given)))
    throw new RowtrailError(
      'usage',
      `options go into one object, such as { downloadType: 'youtube' }; this is ${JSON.stringify(given) ?? typeof given}`,
    );
  const known = Object.entries(given ?? {}).filter(([, value]) => value !== undefined && value !== null);
  // Every field of an options object may be left out.
  return Object.fromEntries(known) as Options;
}

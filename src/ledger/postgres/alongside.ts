import type { Asking } from './store.ts';

/**
 * Something that is done in the transaction that records a result, or not at all. Those of one kind that share a transaction are done
 * together. It may be asked more than once, each time in another transaction.
 */
export interface Alongside<Part = never> {
  readonly kind: AlongsideKind<Part>;
  readonly part: Part;
}

/**
 * Does the parts of a transaction, before the results are written.
 * @returns those that are refused, each with the error that its change fails with. They must have left nothing behind
 */
export type AlongsideKind<Part> = (ask: Asking, parts: readonly Part[]) => Promise<ReadonlyMap<Part, Error>>;

/** @returns those that are refused */
export async function doAlongside(
  ask: Asking,
  all: readonly Alongside[],
): Promise<ReadonlyMap<Alongside, Error>> {
  const refused = new Map<Alongside, Error>();
  for (const [kind, given] of Map.groupBy(all, (each) => each.kind)) {
    const errors = await kind(
      ask,
      given.map(({ part }) => part),
    );
    for (const each of given) {
      const error = errors.get(each.part);
      if (error !== undefined) refused.set(each, error);
    }
  }
  return refused;
}

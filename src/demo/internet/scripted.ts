/** A way to behave: for ever, or only so many times, with `ok` afterwards and, where some are to go by, before. */
export type Scripted<Kind extends string> =
  Kind | { readonly kind: Kind; readonly times: number; readonly after?: number };

/** How often each scripted object was used. Held by identity: a new object starts from zero. */
const uses = new WeakMap<object, number>();

/** Uses the script once and says how to behave this time. */
export function takeScripted<Kind extends string>(script: Scripted<Kind>): Kind | 'ok' {
  if (typeof script === 'object') countUse(script);
  return currentScripted(script);
}

/** How to behave as of the last use, without using the script again. */
export function currentScripted<Kind extends string>(script: Scripted<Kind>): Kind | 'ok' {
  if (typeof script !== 'object') return script;
  const { kind, times, after = 0 } = script;
  const use = uses.get(script) ?? 0;
  return (use > after || (use === 0 && after === 0)) && use <= after + times ? kind : 'ok';
}

/** Counts one use of this object and returns how many there have been. */
export function countUse(object: object): number {
  const count = (uses.get(object) ?? 0) + 1;
  uses.set(object, count);
  return count;
}

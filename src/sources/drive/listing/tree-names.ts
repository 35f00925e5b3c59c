import { foldName, safeBase } from '../../../files/index.ts';

/** So that a tree of any depth that is followed stays below what systems take for a path. */
const MAX_FOLDER_BYTES = 100;

/**
 * Names for the folders inside one folder, in the order in which they are listed: safe, and no two equal, also where only
 * case or Unicode form tells them apart. The same list gives the same names.
 */
export class SiblingNames {
  readonly #taken = new Set<string>();

  /** @param name the owner's name for it; hostile */
  next(name: string, maxBytes = MAX_FOLDER_BYTES): string {
    const base = safeBase(name, maxBytes - 5);
    for (let n = 1; ; n += 1) {
      const candidate = n === 1 ? base : `${base}~${n}`;
      const folded = foldName(candidate);
      if (this.#taken.has(folded)) continue;
      this.#taken.add(folded);
      return candidate;
    }
  }
}

/** Characters of a name that are compared: what is longer is no name. */
const MAX_LENGTH = 64;

/** The name that was probably meant, or null when none is near: at most a third of the characters differ. Pure. */
export function nearestName(given: string, names: readonly string[]): string | null {
  const wanted = plain(given);
  const [best] = names
    .map((name) => ({ name, edits: editsBetween(wanted, plain(name)) }))
    .toSorted((one, other) => one.edits - other.edits);
  return best !== undefined && best.edits <= Math.max(1, wanted.length / 3) ? best.name : null;
}

/** `, did you mean NAME?`, or what there is where no name is near. Pure. */
export function suggestion(given: string, names: readonly string[]): string {
  const meant = nearestName(given, names);
  return meant === null ? `; there are ${names.join(', ')}` : `, did you mean ${meant}?`;
}

function plain(name: string): string {
  return name
    .slice(0, MAX_LENGTH)
    .replaceAll(/[^a-z0-9]/gi, '')
    .toLowerCase();
}

/** Characters to add, to remove, to replace and to swap with their neighbour. */
function editsBetween(from: string, to: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (last[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const swaps = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const swapped = swaps ? (beforeLast[j - 2] ?? 0) + 1 : Infinity;
      row.push(Math.min(replaced, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, swapped));
    }
    beforeLast = last;
    last = row;
  }
  return last.at(-1) ?? 0;
}

/** The name that was probably meant, or null when none is near: at most a third of the characters differ. Pure. */
export function nearestName(given: string, names: readonly string[]): string | null {
  const wanted = plain(given);
  const [nearest] = names
    .map((name) => ({ name, distance: distanceBetween(wanted, plain(name)) }))
    .toSorted((a, b) => a.distance - b.distance);
  if (nearest === undefined || nearest.distance > Math.max(2, wanted.length / 3)) return null;
  return nearest.name;
}

function plain(name: string): string {
  return name
    .slice(0, 64)
    .replaceAll(/[^a-z0-9]/gi, '')
    .toLowerCase();
}

/** Levenshtein's distance: characters to add, to remove and to replace. */
function distanceBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [i, char] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const replaced = (row[j] ?? 0) + (char === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

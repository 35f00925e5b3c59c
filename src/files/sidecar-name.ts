export const ENDING = '_metadata.json';

/** A larger file of that name is none of ours. */
export const MAX_SIDECAR_BYTES = 4 << 20;

export function isSidecarName(name: string): boolean {
  return name.endsWith(ENDING);
}

/** What the names of a sidecar's files begin with. */
export function stemOfSidecar(name: string): string {
  return name.slice(0, -ENDING.length);
}

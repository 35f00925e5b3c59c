import type { ItemKind } from '../row/index.ts';

const ENDING = '_metadata.json';

/** A larger file of that name is none of ours. */
export const MAX_SIDECAR_BYTES = 4 << 20;

export function isSidecarName(name: string): boolean {
  return name.endsWith(ENDING);
}

/** What the names of a sidecar's files begin with. */
export function stemOfSidecar(name: string): string {
  return name.slice(0, -ENDING.length);
}

/**
 * The name of an item's sidecar: `<stem>_metadata.json`. A transcript shares its stem with its video and is an item of
 * its own, so its sidecar is `<stem>.transcript_metadata.json`.
 */
export function sidecarName(stem: string, kind: ItemKind): string {
  return `${stem}${kind === 'transcript' ? '.transcript' : ''}${ENDING}`;
}

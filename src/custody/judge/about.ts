import type { Finding, Repair } from '../findings.ts';

/** Whom a finding concerns. */
export interface Concerned {
  readonly rowId: string;
  readonly downloadType: Finding['downloadType'];
}

/** A finding. @param path absolute, or null where it is about no file */
export function about(
  kind: Finding['kind'],
  path: string | null,
  message: string,
  repair: Repair | null,
  of: Concerned | null = null,
): Finding {
  return { kind, rowId: of?.rowId ?? null, downloadType: of?.downloadType ?? null, path, message, repair };
}

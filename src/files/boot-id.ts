import { readFileSync } from 'node:fs';

let known: string | null | undefined;

/**
 * What this machine's system is known by until it is started again, so that what was written before can be told from what
 * was written since; null where the system does not say.
 */
export function bootId(): string | null {
  known ??= read();
  return known;
}

function read(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() || null;
  } catch {
    return null;
  }
}

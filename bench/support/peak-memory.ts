import { readFileSync } from 'node:fs';

/**
 * The most memory this process ever had, in megabytes. Linux tells it of the program alone; `maxRSS`, which stands in
 * elsewhere, also counts what the process was before it became this program.
 */
export function peakMemory(): number {
  try {
    const found = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    if (found?.[1] !== undefined) return Number(found[1]) / 1024;
  } catch {
    // No /proc: not Linux.
  }
  return process.resourceUsage().maxRSS / 1024;
}

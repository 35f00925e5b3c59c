/** Powers of ten, as disks are sold and as everything else of rowtrail prints them. */
export const BYTES_PER_GB = 1_000_000_000;
export const BYTES_PER_MB = 1_000_000;
export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;

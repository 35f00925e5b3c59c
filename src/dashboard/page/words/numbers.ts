const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** 1234567 → `1,234,567`. */
export function count(value: number): string {
  return WHOLE.format(value);
}

/** `1 row`, `2 rows`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** Bytes to three digits: `812 B`, `3.42 MB`; thousands, as the command line has them. */
export function bytes(value: number): string {
  let amount = Math.max(0, value);
  let unit = 0;
  // 999.5 would be shown as 1000.
  while (amount >= 999.5 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || amount >= 99.95 ? 0 : amount >= 9.995 ? 1 : 2;
  return `${amount.toFixed(digits)} ${UNITS[unit] ?? ''}`;
}

/** A fraction as whole percent; 100 only when nothing is missing, 0 only when there is nothing. */
export function percent(part: number, whole: number): string {
  if (whole <= 0) return '0 %';
  const value = (100 * part) / whole;
  if (value > 99 && value < 100) return '99 %';
  if (value > 0 && value < 1) return '< 1 %';
  return `${Math.round(value)} %`;
}

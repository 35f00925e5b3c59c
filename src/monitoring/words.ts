const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** `1,234`. */
export function countText(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** A fraction as `12.3 %`. */
export function percentText(fraction: number): string {
  return `${Number((fraction * 100).toFixed(1))} %`;
}

/** Bytes as `1.2 GB`, by powers of ten. */
export function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  for (; value >= 999.5 && unit < UNITS.length - 1; unit++) value /= 1000;
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : Number(value.toPrecision(2))} ${UNITS[unit]}`;
}

/** Seconds as `3 h 20 min`, the two largest parts. */
export function durationText(seconds: number): string {
  if (seconds < 10) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const [days, hours, minutes] = [
    Math.floor(whole / 86_400),
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 60) % 60,
  ];
  const parts = [
    [days, 'd'],
    [hours, 'h'],
    [minutes, 'min'],
    [whole % 60, 's'],
  ] as const;
  const first = parts.findIndex(([value]) => value > 0);
  return parts
    .slice(first, first + 2)
    .filter(([value]) => value > 0)
    .map(([value, unit]) => `${value} ${unit}`)
    .join(' ');
}

/** An ISO time as `2026-11-23 16:43 UTC`; the text itself where it is none. */
export function timeText(at: string): string {
  const time = Date.parse(at);
  return Number.isNaN(time) ? at : `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

export function hourText(at: string): string {
  return timeText(at).slice(11, 16);
}

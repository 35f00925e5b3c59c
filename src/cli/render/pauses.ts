import type { HostPause } from '../../index.ts';
import { safe, type Terminal } from '../terminal.ts';
import { timeText } from './words.ts';
import { wrapText } from './wrap.ts';

/** `YouTube is paused until 14:05 (bot check)`. */
export function pausedUntil({ host, reason, cause, until }: HostPause): string {
  const state = reason === 'unreachable' ? 'cannot be reached and is paused' : 'is paused';
  return `${safe(host)} ${state} until ${timeText(until)} (${safe(cause).replaceAll('_', ' ')})`;
}

/** Each paused host with what to do about it. */
export function pauseLines(pauses: readonly HostPause[], { out, width }: Terminal): readonly string[] {
  return pauses.map((pause) =>
    wrapText(`${out.yellow('paused:')} ${pausedUntil(pause)}. ${safe(pause.nextStep)}`, {
      width: width.out,
      indent: ' '.repeat(8),
    }),
  );
}

import { causeFacts } from '../../errors/index.ts';
import { isUnreached, type HostPause } from '../../hosts/index.ts';
import type { Outcome } from '../../ledger/index.ts';
import type { DownloadResult } from '../../row/index.ts';

/** The outcome of a download, and the host that it waits for: null when it waits for none. */
export interface HostVerdict {
  readonly outcome: Outcome;
  readonly waitsFor: string | null;
}

/**
 * The last word on an outcome: where a host refuses us, or is out of reach, that costs the row no attempt. Pure.
 * @param main the host that is meant where a failure names none
 * @param pauseOf the pause of a host, or null
 */
export function hostVerdict(
  { items = [] }: DownloadResult,
  outcome: Outcome,
  main: string,
  pauseOf: (host: string) => HostPause | null,
): HostVerdict {
  if (outcome.status === 'completed' || outcome.permanent) return { outcome, waitsFor: null };
  for (const { failure } of items) {
    if (failure === null) continue;
    const host = failure.host ?? main;
    if (causeFacts(failure.cause).scope === 'host') return { outcome, waitsFor: host };
    if (isUnreached(failure.cause) && pauseOf(host)?.reason === 'unreachable')
      return { outcome: { ...outcome, status: 'pending' }, waitsFor: host };
  }
  return { outcome, waitsFor: null };
}

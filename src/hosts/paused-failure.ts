import type { ItemFailure } from '../row/index.ts';
import type { Host } from './hosts.ts';

/**
 * The failure of an item that was not asked for because its host is paused: what the host was paused for. It names no time
 * to wait for, since a new run tries at once.
 */
export async function pausedFailure(host: Host): Promise<ItemFailure> {
  const pause = await host.pause();
  // Between the two looks the host may have answered: then the next attempt finds it open.
  if (pause === null)
    return { cause: 'too_many_requests', message: `${host.name} is paused.`, host: host.name };
  return { cause: pause.cause, message: pause.message, host: host.name };
}

import { errnoOf, fileError, isCause, RowtrailError } from '../../errors/index.ts';
import { type Hosts, pausedFailure, type Turn } from '../../hosts/index.ts';
import { asksToSlowDown } from './verdicts/status-failure.ts';

/** So often something is asked for again that Google was asked for too fast. */
const SLOW_TRIES = 3;
const FIRST_SLOW_MS = 500;

export interface TurnOptions {
  readonly hosts: Hosts;
  readonly signal: AbortSignal | undefined;
  readonly sleep: (ms: number) => Promise<void>;
}

/**
 * Does some work in a turn of its own at a host. Where Google asks to slow down, the host gets slower for everybody and the
 * work is done again after a pause that doubles.
 * @param work what the turn is for, e.g. an item's id
 * @param task may end the turn itself, once the host is not needed any more
 * @throws RowtrailError of the work, or what the host is paused for; AbortError
 */
export async function inTurn<T>(
  host: string,
  work: string,
  { hosts, signal, sleep }: TurnOptions,
  task: (turn: Turn) => Promise<T>,
): Promise<T> {
  const place = hosts.host(host);
  await using turn = await place.enter({ signal, work, pauses: 'leave' });
  if (turn === null) {
    const { cause, message } = await pausedFailure(place);
    throw new RowtrailError(isCause(cause) ? cause : 'too_many_requests', message);
  }
  for (let tries = 0; ; tries += 1) {
    try {
      const result = await task(turn);
      await turn.end(null);
      return result;
    } catch (error) {
      throwIfAborted(signal);
      const failure = asFailure(error);
      if (asksToSlowDown(failure) && tries < SLOW_TRIES) {
        await turn.slowDown();
        await sleep(FIRST_SLOW_MS * 2 ** tries);
        continue;
      }
      await turn.end({ cause: failure.code, message: failure.message, notBefore: failure.notBefore });
      throw failure;
    }
  }
}

/** @throws AbortError, whatever the signal's own reason is */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  throw new DOMException('The download was interrupted', 'AbortError');
}

/** @throws what is neither the host's nor the machine's doing: a mistake of ours */
export function asFailure(error: unknown): RowtrailError {
  if (error instanceof RowtrailError) return error;
  if (errnoOf(error) === undefined) throw error;
  return fileError(error, 'The download could not be kept');
}

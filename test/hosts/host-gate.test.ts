import { describe, expect, it } from 'vitest';
import { type Clock, HostGate, type HostPause } from '../../src/hosts/index.ts';

const MINUTE = 60_000;

/** A clock that moves only when it is told to. */
class HandClock implements Clock {
  #now = 1_000_000;
  readonly #sleepers: { readonly at: number; readonly wake: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (signal?.aborted) reject(signal.reason);
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    this.#sleepers.push({ at: this.#now + milliseconds, wake: resolve });
    promise.catch(() => {});
    return promise;
  }

  async pass(milliseconds: number): Promise<void> {
    await settle();
    this.#now += milliseconds;
    for (const { at, wake } of this.#sleepers) if (at <= this.#now) wake();
    await settle();
  }
}

async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

function setUp({ pace = 0, maxWait = 10 * MINUTE } = {}) {
  const clock = new HandClock();
  const pauses: HostPause[] = [];
  const gate = new HostGate('YouTube', { pace, maxWait, clock, onPause: (pause) => pauses.push(pause) });
  return { clock, pauses, gate };
}

/** Enters, and says what came of it so far. */
function entering(gate: HostGate, signal?: AbortSignal) {
  const state: { came: boolean | string } = { came: 'waiting' };
  const entered = gate.enter(signal).then(
    (came) => (state.came = came),
    (error: unknown) => (state.came = error instanceof Error ? error.name : String(error)),
  );
  return { state, entered };
}

describe('an open gate', () => {
  it('lets everybody in at once where there is no pace', async () => {
    const { gate } = setUp();
    expect(await Promise.all([gate.enter(), gate.enter(), gate.enter()])).toEqual([true, true, true]);
    expect(gate.pausedUntil).toBeNull();
  });

  it('keeps the pace between two starts', async () => {
    const { clock, gate } = setUp({ pace: 1000 });
    const [first, second, third] = [entering(gate), entering(gate), entering(gate)];
    await clock.pass(0);
    expect([first, second, third].map(({ state }) => state.came)).toEqual([true, 'waiting', 'waiting']);
    await clock.pass(999);
    expect(second.state.came).toBe('waiting');
    await clock.pass(1);
    expect([second, third].map(({ state }) => state.came)).toEqual([true, 'waiting']);
    await clock.pass(1000);
    expect(third.state.came).toBe(true);
  });

  it('gives the turn of somebody who stopped waiting to nobody twice', async () => {
    const { clock, gate } = setUp({ pace: 1000 });
    await gate.enter();
    const stop = new AbortController();
    const waiting = entering(gate, stop.signal);
    await clock.pass(10);
    stop.abort();
    await waiting.entered;
    expect(waiting.state.came).toBe('AbortError');
  });
});

describe('a host that refuses us', () => {
  it('is left alone for 60 s, then twice as long each time', async () => {
    const { clock, pauses, gate } = setUp({ maxWait: 60 * MINUTE });
    const lengths: number[] = [];
    for (let refusal = 0; refusal < 4; refusal++) {
      await gate.enter();
      gate.refused();
      lengths.push((gate.pausedUntil ?? 0) - clock.now());
      await clock.pass(lengths.at(-1) ?? 0);
    }
    expect(lengths).toEqual([MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE]);
    expect(pauses).toHaveLength(4);
    expect(pauses[0]).toEqual({ host: 'YouTube', reason: 'refused', until: 1_000_000 + MINUTE, waits: true });
  });

  it('that cannot be reached is waited for like one that refuses us, or not at all', async () => {
    const { pauses, gate } = setUp();
    await gate.enter();
    gate.unreachable(true);
    expect(pauses.at(-1)).toMatchObject({ reason: 'unreachable', waits: true });
    expect(gate.closed).toBe(false);

    const other = setUp();
    await other.gate.enter();
    other.gate.unreachable(false);
    expect(other.pauses.at(-1)).toMatchObject({ reason: 'unreachable', waits: false });
    expect(await other.gate.enter()).toBe(false);
  });

  it('gets one probe after the pause, and the others only when that was answered', async () => {
    const { clock, gate } = setUp();
    await gate.enter();
    gate.refused();
    const waiting = [entering(gate), entering(gate), entering(gate)];
    await clock.pass(MINUTE - 1);
    expect(waiting.map(({ state }) => state.came)).toEqual(['waiting', 'waiting', 'waiting']);
    await clock.pass(1);
    expect(waiting.filter(({ state }) => state.came === true)).toHaveLength(1);
    await clock.pass(5 * MINUTE);
    expect(waiting.filter(({ state }) => state.came === true)).toHaveLength(1);
    gate.answered();
    await clock.pass(0);
    expect(waiting.map(({ state }) => state.came)).toEqual([true, true, true]);
    expect(gate.pausedUntil).toBeNull();
  });

  it('gets another probe when the first one ended without its word', async () => {
    const { clock, gate } = setUp();
    await gate.enter();
    gate.refused();
    await clock.pass(MINUTE);
    await gate.enter();
    const next = entering(gate);
    await clock.pass(0);
    expect(next.state.came).toBe('waiting');
    gate.left();
    await clock.pass(0);
    expect(next.state.came).toBe(true);
  });

  it('begins again with small pauses after it answered', async () => {
    const { clock, gate } = setUp();
    await gate.enter();
    gate.refused();
    await clock.pass(MINUTE);
    await gate.enter();
    gate.answered();
    await gate.enter();
    gate.refused();
    expect((gate.pausedUntil ?? 0) - clock.now()).toBe(MINUTE);
  });

  it('is counted once for all the work that was under way when it refused', async () => {
    const { clock, pauses, gate } = setUp();
    await Promise.all([gate.enter(), gate.enter(), gate.enter()]);
    gate.refused();
    gate.refused();
    gate.refused();
    expect((gate.pausedUntil ?? 0) - clock.now()).toBe(MINUTE);
    expect(pauses).toHaveLength(1);
  });

  it('is not taken for open because older work still came through', async () => {
    const { clock, gate } = setUp();
    await Promise.all([gate.enter(), gate.enter()]);
    gate.refused();
    const next = entering(gate);
    await clock.pass(MINUTE);
    expect(next.state.came).toBe(true);
  });

  it('is believed when it names a later time, and not when it names an earlier one', () => {
    const later = setUp();
    later.gate.refused(later.clock.now() + 5 * MINUTE);
    expect(later.gate.pausedUntil).toBe(later.clock.now() + 5 * MINUTE);
    const earlier = setUp();
    earlier.gate.refused(earlier.clock.now() + 1000);
    expect(earlier.gate.pausedUntil).toBe(earlier.clock.now() + MINUTE);
  });

  it('closes the gate for this run when the pause is longer than the run waits', async () => {
    const { clock, pauses, gate } = setUp({ maxWait: 0 });
    await gate.enter();
    gate.refused();
    expect(gate.closed).toBe(true);
    expect(pauses).toMatchObject([{ waits: false }]);
    expect(await gate.enter()).toBe(false);
    await clock.pass(10 * MINUTE);
    expect(await gate.enter()).toBe(true);
  });

  it('turns those away who were waiting when a longer pause begins', async () => {
    const { clock, gate } = setUp({ maxWait: 90_000 });
    await gate.enter();
    gate.refused();
    const waiting = [entering(gate), entering(gate)];
    await clock.pass(MINUTE);
    gate.refused();
    await clock.pass(0);
    expect(waiting.map(({ state }) => state.came).toSorted()).toEqual([false, true]);
  });

  it('is not waited for any longer once the run is stopped', async () => {
    const { clock, gate } = setUp();
    await gate.enter();
    gate.refused();
    const stop = new AbortController();
    const waiting = entering(gate, stop.signal);
    await clock.pass(10);
    stop.abort();
    await waiting.entered;
    expect(waiting.state.came).toBe('AbortError');

    await clock.pass(MINUTE);
    await gate.enter();
    const stopWhileProbing = new AbortController();
    const second = entering(gate, stopWhileProbing.signal);
    await clock.pass(10);
    stopWhileProbing.abort();
    await second.entered;
    expect(second.state.came).toBe('AbortError');
  });
});

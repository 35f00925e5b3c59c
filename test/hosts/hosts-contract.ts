import { describe, expect, it } from 'vitest';
import {
  type Host,
  type HostEvent,
  type HostPolicy,
  type Hosts,
  type HostStore,
  openHosts,
  pausedFailure,
  type Turn,
} from '../../src/hosts/index.ts';
import { HandClock, settle as settleHere } from './hand-clock.ts';

const MINUTE = 60_000;
const BOT = { cause: 'bot_check', message: 'Are you a bot?' };
const NO_WAY = { cause: 'connection_failed', message: 'No way there.' };
const GONE = { cause: 'removed', message: 'It was removed.' };

/**
 * What every set of hosts keeps, wherever its state is kept.
 * @param openStore a store of its own for each test
 * @param settle resolves when everything that can go on without time passing has gone on
 */
export function hostsContract(
  openStore: (clock: HandClock) => HostStore | Promise<HostStore>,
  settle: () => Promise<void> = settleHere,
): void {
  async function setUp({
    pace = 0,
    concurrency = Infinity,
    maxWait = 10 * MINUTE,
  }: Partial<HostPolicy> & { maxWait?: number } = {}) {
    const clock = new HandClock(settle);
    const events: HostEvent[] = [];
    const store = await openStore(clock);
    const hosts = openHosts({
      policyOf: () => ({ pace, concurrency }),
      maxWait,
      clock,
      store,
      onEvent: (event) => events.push(event),
    });
    const host = hosts.host('YouTube');
    const until = async () => (await host.pause())?.until.getTime() ?? null;
    return { clock, events, store, hosts, host, until };
  }

  let works = 0;
  const enter = (host: Host, pauses: 'wait' | 'leave' = 'wait', signal?: AbortSignal) =>
    host.enter({ work: `work ${++works}`, pauses, signal });

  async function turnAt(host: Host): Promise<Turn> {
    const turn = await enter(host);
    if (turn === null) throw new Error('no turn was given');
    return turn;
  }

  /** Enters, and says what came of it so far. */
  function entering(host: Host, pauses: 'wait' | 'leave' = 'wait', signal?: AbortSignal) {
    const state: { came: string; turn: Turn | null } = { came: 'waiting', turn: null };
    const come = async () => {
      try {
        state.turn = await enter(host, pauses, signal);
        state.came = state.turn === null ? 'closed' : 'turn';
      } catch (error) {
        state.came = error instanceof Error ? error.name : String(error);
      }
    };
    const entered = come();
    return { state, entered };
  }

  const cameOf = (those: readonly ReturnType<typeof entering>[]) => those.map(({ state }) => state.came);

  async function refuse(host: Host, failure: Parameters<Turn['end']>[0] = BOT) {
    await (await turnAt(host)).end(failure);
  }

  describe('a host that takes longer to answer than to send', () => {
    /** One turn: so long until the answer, so long until all of it came. */
    async function takeTurn(clock: HandClock, host: Host, asking: number, sending: number) {
      const turn = await turnAt(host);
      await clock.pass(asking);
      await turn.answered();
      await clock.pass(sending);
      await turn.end(null);
    }

    /** How many of fifteen that enter at once get a turn. */
    async function turnsAtOnce(host: Host): Promise<number> {
      const those = Array.from({ length: 15 }, () => entering(host));
      await settle();
      return cameOf(those).filter((came) => came === 'turn').length;
    }

    it('is asked for up to three times as much at once', async () => {
      const { clock, host } = await setUp({ concurrency: 4 });
      await takeTurn(clock, host, 900, 100);
      expect(await turnsAtOnce(host)).toBe(11);
    });

    it('is asked for three times as much and no more where all of a turn is waiting', async () => {
      const { clock, host } = await setUp({ concurrency: 4 });
      await takeTurn(clock, host, 1000, 0);
      expect(await turnsAtOnce(host)).toBe(12);
    });

    it('is asked for less when its answers take longer than they need to', async () => {
      const { clock, host } = await setUp({ concurrency: 4 });
      await takeTurn(clock, host, 200, 100);
      for (let n = 0; n < 101; n += 1) await takeTurn(clock, host, n % 4 === 0 ? 200 : 1700, 100);
      expect(await turnsAtOnce(host)).toBe(5);
    });

    it('is known anew once it has become slower for good', async () => {
      const { clock, host } = await setUp({ concurrency: 4 });
      await takeTurn(clock, host, 10, 10);
      for (let n = 0; n < 150; n += 1) await takeTurn(clock, host, 900, 100);
      expect(await turnsAtOnce(host)).toBe(11);
    });

    it('is asked for no more than there are places where it has a pace', async () => {
      const { clock, host } = await setUp({ concurrency: 4, pace: 1 });
      await takeTurn(clock, host, 900, 100);
      const those = Array.from({ length: 9 }, () => entering(host));
      await clock.pass(100);
      expect(cameOf(those).filter((came) => came === 'turn')).toHaveLength(4);
    });

    it('lets nobody in while it sends as much at once as there are places', async () => {
      const { clock, host } = await setUp({ concurrency: 4 });
      await takeTurn(clock, host, 900, 100);
      const sending = await Promise.all(Array.from({ length: 4 }, () => turnAt(host)));
      for (const turn of sending) await turn.answered();
      const next = entering(host);
      await settle();
      expect(next.state.came).toBe('waiting');
      await sending[0]?.end(null);
      await settle();
      expect(next.state.came).toBe('turn');
    });

    it('keeps its places where it sends longer than it lets us wait, or nobody says when it answered', async () => {
      const { clock, host } = await setUp({ concurrency: 4 });
      await takeTurn(clock, host, 10, 990);
      await (await turnAt(host)).end(null);
      const those = Array.from({ length: 6 }, () => entering(host));
      await settle();
      expect(cameOf(those).filter((came) => came === 'turn')).toHaveLength(4);
    });
  });

  describe('a host that answers', () => {
    it('lets everybody in at once where there is no pace', async () => {
      const { host } = await setUp();
      expect(
        (await Promise.all([enter(host), enter(host), enter(host)])).every((turn) => turn !== null),
      ).toBe(true);
      expect(await host.pause()).toBeNull();
    });

    it('is asked at its pace', async () => {
      const { clock, host } = await setUp({ pace: 1000 });
      const those = [entering(host), entering(host), entering(host)];
      await clock.pass(0);
      expect(cameOf(those)).toEqual(['turn', 'waiting', 'waiting']);
      await clock.pass(999);
      expect(cameOf(those)).toEqual(['turn', 'waiting', 'waiting']);
      await clock.pass(1);
      expect(cameOf(those)).toEqual(['turn', 'turn', 'waiting']);
      await clock.pass(1000);
      expect(cameOf(those)).toEqual(['turn', 'turn', 'turn']);
    });

    it('has no more turns at once than it has places', async () => {
      const { clock, host } = await setUp({ concurrency: 2 });
      const those = [entering(host), entering(host), entering(host), entering(host)];
      await clock.pass(0);
      expect(cameOf(those)).toEqual(['turn', 'turn', 'waiting', 'waiting']);
      await those[0]?.state.turn?.end(null);
      await clock.pass(0);
      expect(cameOf(those)).toEqual(['turn', 'turn', 'turn', 'waiting']);
      await those[1]?.state.turn?.left();
      await clock.pass(0);
      expect(cameOf(those)).toEqual(['turn', 'turn', 'turn', 'turn']);
    });

    it('gives the place of somebody who stopped waiting to the next one', async () => {
      const { clock, host } = await setUp({ pace: 1000, concurrency: 2 });
      const first = await turnAt(host);
      const stop = new AbortController();
      const stopped = entering(host, 'wait', stop.signal);
      await clock.pass(10);
      const next = entering(host);
      stop.abort();
      await stopped.entered;
      expect(stopped.state.came).toBe('AbortError');
      await clock.pass(2000);
      expect(next.state.came).toBe('turn');
      await first.left();
    });

    it('keeps no pace and no pause for another host', async () => {
      const { clock, hosts, host } = await setUp({ pace: 1000 });
      await refuse(host);
      const other = entering(hosts.host('Google Drive'));
      await clock.pass(0);
      expect(other.state.came).toBe('turn');
    });

    it('is asked less often once it asks for that, and at the old pace again after many answers', async () => {
      const { clock, host } = await setUp();
      const first = await turnAt(host);
      await first.slowDown();
      await first.slowDown();
      await first.end(null);
      const next = entering(host);
      await clock.pass(400);
      expect(next.state.came).toBe('waiting');
      await clock.pass(100);
      expect(next.state.came).toBe('turn');
      for (let n = 0; n < 40; n++) {
        const more = entering(host);
        await clock.pass(1000);
        await more.state.turn?.end(null);
      }
      expect(cameOf([entering(host), entering(host)])).toEqual(['waiting', 'waiting']);
      const those = [entering(host), entering(host)];
      await clock.pass(0);
      expect(cameOf(those)).toEqual(['turn', 'turn']);
    });

    it('hears only the first word of a turn', async () => {
      const { host } = await setUp();
      const turn = await turnAt(host);
      await turn.end(null);
      await turn.end(BOT);
      expect(await host.pause()).toBeNull();
    });
  });

  describe('a host that refuses us', () => {
    it('is left alone for 60 s, then twice as long each time, and says so', async () => {
      const { clock, events, host, until } = await setUp({ maxWait: 60 * MINUTE });
      const lengths: number[] = [];
      for (let refusal = 0; refusal < 4; refusal++) {
        await refuse(host);
        lengths.push(((await until()) ?? 0) - clock.now());
        await clock.pass(lengths.at(-1) ?? 0);
      }
      expect(lengths).toEqual([MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE]);
      expect(events).toHaveLength(4);
      expect(events[0]).toEqual({
        kind: 'paused',
        pause: {
          host: 'YouTube',
          reason: 'refused',
          ...BOT,
          since: new Date(1_000_000),
          until: new Date(1_000_000 + MINUTE),
          waits: true,
          nextStep: expect.stringContaining('--cookies FILE'),
        },
      });
      expect(await pausedFailure(host)).toEqual({ ...BOT, host: 'YouTube' });
    });

    it('gets one probe after the pause, and the others only when that was answered', async () => {
      const { clock, events, host } = await setUp();
      await refuse(host);
      const those = [entering(host), entering(host), entering(host)];
      await clock.pass(MINUTE - 1);
      expect(cameOf(those)).toEqual(['waiting', 'waiting', 'waiting']);
      await clock.pass(1);
      expect(cameOf(those).filter((came) => came === 'turn')).toHaveLength(1);
      await clock.pass(5 * MINUTE);
      expect(cameOf(those).filter((came) => came === 'turn')).toHaveLength(1);
      await those.find(({ state }) => state.turn)?.state.turn?.end(GONE);
      await clock.pass(0);
      expect(cameOf(those)).toEqual(['turn', 'turn', 'turn']);
      expect(await host.pause()).toBeNull();
      expect(events.at(-1)).toEqual({ kind: 'resumed', host: 'YouTube' });
    });

    it('gets another probe when the first one ended without its word', async () => {
      const { clock, host } = await setUp();
      await refuse(host);
      await clock.pass(MINUTE);
      {
        await using probe = await turnAt(host);
        expect(probe.host).toBe('YouTube');
        const next = entering(host);
        await clock.pass(0);
        expect(next.state.came).toBe('waiting');
      }
      await clock.pass(0);
      const after = entering(host, 'leave');
      await clock.pass(0);
      expect(after.state.came).toBe('closed');
    });

    it('begins again with small pauses after it answered', async () => {
      const { clock, host, until } = await setUp();
      await refuse(host);
      await clock.pass(MINUTE);
      await refuse(host, null);
      await refuse(host);
      expect(((await until()) ?? 0) - clock.now()).toBe(MINUTE);
    });

    it('is counted once for all the work that was under way when it refused', async () => {
      const { clock, events, host, until } = await setUp();
      const turns = [await turnAt(host), await turnAt(host), await turnAt(host)];
      for (const turn of turns) await turn.end(BOT);
      expect(((await until()) ?? 0) - clock.now()).toBe(MINUTE);
      expect(events).toHaveLength(1);
    });

    it('is not taken for open because older work still came through', async () => {
      const { clock, host } = await setUp();
      const [first, second, third] = [await turnAt(host), await turnAt(host), await turnAt(host)];
      await first.end(BOT);
      await second.end(null);
      expect((await host.pause())?.cause).toBe('bot_check');
      await clock.pass(MINUTE);
      const probe = await turnAt(host);
      await probe.end(null);
      await third.end(BOT);
      expect(await host.pause()).toBeNull();
    });

    it('does not let those begin who were waiting for the pace when the pause began', async () => {
      const { clock, host } = await setUp({ pace: 1000 });
      const first = await turnAt(host);
      const waiting = [entering(host), entering(host, 'leave')];
      await clock.pass(10);
      await first.end(BOT);
      await clock.pass(3000);
      expect(cameOf(waiting)).toEqual(['waiting', 'closed']);
      await clock.pass(MINUTE);
      expect(cameOf(waiting)).toEqual(['turn', 'closed']);
    });

    it('is believed when it names a later time, and not when it names an earlier one', async () => {
      const later = await setUp();
      const at = (milliseconds: number) => ({
        cause: 'too_many_requests',
        message: 'Slow down.',
        notBefore: new Date(milliseconds).toISOString(),
      });
      const [one, other] = [await turnAt(later.host), await turnAt(later.host)];
      await one.end(at(later.clock.now() + 5 * MINUTE));
      expect(await later.until()).toBe(later.clock.now() + 5 * MINUTE);
      await other.end(at(later.clock.now() + 6 * MINUTE));
      expect(await later.until()).toBe(later.clock.now() + 6 * MINUTE);
      const earlier = await setUp();
      await refuse(earlier.host, at(earlier.clock.now() + 1000));
      expect(await earlier.until()).toBe(earlier.clock.now() + MINUTE);
      const odd = await setUp();
      await refuse(odd.host, { ...at(0), notBefore: 'soon' });
      expect(await odd.until()).toBe(odd.clock.now() + MINUTE);
    });

    it('is not waited for when the pause is longer than the run waits, or not wanted to be waited for', async () => {
      const { clock, events, host } = await setUp({ maxWait: 0 });
      await refuse(host);
      expect(events).toMatchObject([{ pause: { waits: false } }]);
      expect(await enter(host)).toBeNull();
      await clock.pass(10 * MINUTE);
      expect(await enter(host)).not.toBeNull();

      const patient = await setUp();
      await refuse(patient.host);
      expect(await enter(patient.host, 'leave')).toBeNull();
      await patient.clock.pass(MINUTE);
      const probe = await enter(patient.host, 'leave');
      expect(probe).not.toBeNull();
      expect(await enter(patient.host, 'leave')).toBeNull();
      await probe?.end(null);
      expect(await enter(patient.host, 'leave')).not.toBeNull();
    });

    it('turns those away who were waiting when a longer pause begins', async () => {
      const { clock, host } = await setUp({ maxWait: 90_000 });
      await refuse(host);
      const waiting = [entering(host), entering(host)];
      await clock.pass(MINUTE);
      await waiting.find(({ state }) => state.turn)?.state.turn?.end(BOT);
      await clock.pass(0);
      expect(cameOf(waiting).toSorted()).toEqual(['closed', 'turn']);
    });

    it('is not waited for any longer once the run is stopped', async () => {
      const { clock, host } = await setUp();
      await refuse(host);
      const stop = new AbortController();
      const waiting = entering(host, 'wait', stop.signal);
      await clock.pass(10);
      stop.abort();
      await waiting.entered;
      expect(waiting.state.came).toBe('AbortError');

      await clock.pass(MINUTE);
      await turnAt(host);
      const stopWhileProbing = new AbortController();
      const second = entering(host, 'wait', stopWhileProbing.signal);
      await clock.pass(10);
      stopWhileProbing.abort();
      await second.entered;
      expect(second.state.came).toBe('AbortError');
    });
  });

  describe('a host that cannot be reached', () => {
    it('is paused when three different works in a row did not get there', async () => {
      const { host, events } = await setUp();
      await refuse(host, NO_WAY);
      await refuse(host, NO_WAY);
      expect(await host.pause()).toBeNull();
      await refuse(host, GONE);
      await refuse(host, NO_WAY);
      await refuse(host, NO_WAY);
      expect(await host.pause()).toBeNull();
      await refuse(host, NO_WAY);
      expect(events).toMatchObject([{ kind: 'paused', pause: { reason: 'unreachable', waits: true } }]);
    });

    it('is not paused because one work tries again and again', async () => {
      const { host } = await setUp();
      for (let n = 0; n < 5; n++) await (await host.enter({ work: 'the same', pauses: 'wait' }))?.end(NO_WAY);
      expect(await host.pause()).toBeNull();
    });

    it.each([['disk_full'], ['timeout'], ['malformed_link']])(
      'is not thought to be back after %s',
      async (cause) => {
        const { host } = await setUp();
        await refuse(host, NO_WAY);
        await refuse(host, NO_WAY);
        await refuse(host, { cause, message: '' });
        await refuse(host, NO_WAY);
        expect((await host.pause())?.reason).toBe('unreachable');
      },
    );

    it.each(['tls_failed', 'proxy_refused'])('is paused at once for %s', async (cause) => {
      const { host } = await setUp();
      await refuse(host, { cause, message: 'Not accepted.' });
      expect(await host.pause()).toMatchObject({ reason: 'unreachable', cause });
    });

    it('is paused at once when the name of a host that there is was not found, and not for that of a link', async () => {
      const { hosts, host } = await setUp();
      const failure = { cause: 'dns_failed', message: 'Not found.' };
      await refuse(host, failure);
      expect(await host.pause()).toMatchObject({ reason: 'unreachable', cause: 'dns_failed' });
      const ofLink = hosts.host('files.example.org');
      await refuse(ofLink, failure);
      await refuse(ofLink, failure);
      expect(await ofLink.pause()).toBeNull();
      await refuse(ofLink, failure);
      expect((await ofLink.pause())?.reason).toBe('unreachable');
    });

    it('is not waited for when it never was reached', async () => {
      const { host } = await setUp();
      for (let n = 0; n < 3; n++) await refuse(host, NO_WAY);
      expect(await host.pause()).toMatchObject({ waits: false });
      expect(await enter(host)).toBeNull();
    });

    it('is tried by one probe, which alone makes the pause longer', async () => {
      const { clock, host, until } = await setUp();
      await refuse(host, null);
      for (let n = 0; n < 3; n++) await refuse(host, NO_WAY);
      await clock.pass(MINUTE);
      await refuse(host, NO_WAY);
      expect(((await until()) ?? 0) - clock.now()).toBe(2 * MINUTE);
    });
  });

  it('hosts of the same store share pace, places and pauses', async () => {
    const { clock, store, host } = await setUp({ concurrency: 1 });
    const others: Hosts = openHosts({
      policyOf: () => ({ pace: 0, concurrency: 1 }),
      maxWait: 10 * MINUTE,
      clock,
      store,
    });
    const turn = await turnAt(host);
    const there = entering(others.host('YouTube'));
    await clock.pass(0);
    expect(there.state.came).toBe('waiting');
    await turn.end(BOT);
    await clock.pass(0);
    expect((await others.host('YouTube').pause())?.cause).toBe('bot_check');
    await clock.pass(MINUTE);
    expect(there.state.came).toBe('turn');
  });
}

import type { HostPolicy } from './host-policy.ts';
import type { Durations, HostState, OpenTurn, Pause } from './host-state.ts';
import { isOutageAtOnce, type TurnFailure, type Word, wordOf } from './word-of.ts';

/** The first pause, and its growth: 60 s, 120 s, 240 s, ... */
const FIRST_PAUSE_MS = 60_000;
const PAUSE_GROWTH = 2;
/** So many different ones in a row that did not get there are no accident of one of them. */
const OUTAGE = 3;
/** A host that says "slow down" gets twice the time between starts, from this up to a minute. */
const SLOWED_MS = { first: 250, most: 60_000, fallPerAnswer: 0.9 } as const;

/** Somebody wants a turn. */
export interface Ask {
  readonly id: string;
  readonly work: string;
  /** Whether a pause is waited for. */
  readonly pauses: 'wait' | 'leave';
  /** The longest pause that is waited for, in milliseconds. */
  readonly maxWait: number;
}

/** What whoever asked has to do: begin at a time, look again at a time (null: once there is news), or go away. */
export type Reply =
  | { readonly kind: 'start'; readonly at: number }
  | { readonly kind: 'wait'; readonly until: number | null }
  | { readonly kind: 'closed' };

/** Whether a pause is not waited for. Pure. */
export function isClosed({ pause, wasReached }: HostState, now: number, maxWait: number): boolean {
  if (pause === null || pause.until <= now) return false;
  return pause.until - now > maxWait || (pause.reason === 'unreachable' && !wasReached);
}

/** A host named a later time, rather than a clock was read anew (milliseconds). */
const LATER = 1000;

/** Whether two states are paused alike: what is known of one pause may change only in how long it lasts. Pure. */
export function isSamePause(one: HostState, other: HostState): boolean {
  if (one.pause === null || other.pause === null) return one.pause === other.pause;
  return one.epoch === other.epoch && Math.abs(one.pause.until - other.pause.until) < LATER;
}

/** Gives a turn, or says why not. Pure. */
export function ask(
  state: HostState,
  asked: Ask,
  { pace, concurrency }: HostPolicy,
  now: number,
): readonly [HostState, Reply] {
  const { pause, turns } = state;
  const wait = (until: number | null): Reply =>
    pause !== null && asked.pauses === 'leave' ? { kind: 'closed' } : { kind: 'wait', until };
  if (isClosed(state, now, asked.maxWait)) return [state, { kind: 'closed' }];
  if (pause !== null && now < pause.until) return [state, wait(pause.until)];
  if (pause !== null && turns.some(({ isProbe }) => isProbe)) return [state, wait(null)];
  if (isFull(state, { pace, concurrency })) return [state, { kind: 'wait', until: null }];
  const at = Math.max(state.nextStart, now);
  const { id, work } = asked;
  const { epoch } = state;
  const turn: OpenTurn = { id, work, epoch, isProbe: pause !== null, startsAt: at, answeredAt: null };
  const nextStart = at + Math.max(pace, state.slowed);
  return [
    { ...state, turns: [...turns, turn], nextStart },
    { kind: 'start', at },
  ];
}

/** So many times as many as there are places are asked for at once, at most, of a host that keeps us waiting for nearly all of a turn. */
const MOST_AT_ONCE = 3;

/**
 * Whether all places of a host are taken. Where there is a pace, so many turns are open and no more. Without one, a host that
 * takes longer to answer than to send is asked for more at once, by the share of a turn that we wait for it; nobody enters while as
 * many as there are places are sent to us, but several that are asking may be answered together.
 *
 * The shortest of the latest answers is set beside a whole turn, as TCP Vegas does with round trips: what other turns waited
 * longer was our own doing or the host's load, and asking for still more would only add to either.
 */
function isFull({ turns, durations }: HostState, { pace, concurrency }: HostPolicy): boolean {
  if (turns.length < concurrency) return false;
  if (pace > 0) return true;
  const coming = turns.filter(({ answeredAt }) => answeredAt !== null).length;
  const shareOfAsking = durations.whole === 0 ? 0 : durations.asking / durations.whole;
  const most = Math.floor(concurrency * (1 + (MOST_AT_ONCE - 1) * shareOfAsking));
  return coming >= concurrency || turns.length >= most;
}

/** The host answered what a turn asked for; it sends from now on. Pure. */
export function answered(state: HostState, id: string, now: number): HostState {
  const turns = state.turns.map((turn) =>
    turn.id === id && turn.answeredAt === null ? { ...turn, answeredAt: now } : turn,
  );
  return { ...state, turns };
}

/** When a turn that waits for its start may begin; null where a pause began meanwhile, or it is not ours any more. Pure. */
export function startOf(state: HostState, id: string): number | null {
  const turn = state.turns.find((open) => open.id === id);
  return turn !== undefined && turn.epoch === state.epoch ? turn.startsAt : null;
}

/**
 * A turn ended. What work says that was under way before the last pause began is old news: it neither ends the pause nor
 * makes it longer, unless the host named a later time. Pure.
 * @param failure null when it brought what it should
 */
export function end(
  state: HostState,
  id: string,
  failure: TurnFailure | null,
  now: number,
  host: string,
): HostState {
  return finish(state, id, wordOf(failure), failure, now, isOutageAtOnce(failure?.cause, host));
}

/** A turn ended without a word from the host: whoever tries whether a pause is over may be the next one. Pure. */
export function leave(state: HostState, id: string): HostState {
  return finish(state, id, 'left', null, 0, false);
}

function finish(
  before: HostState,
  id: string,
  word: Word,
  failure: TurnFailure | null,
  now: number,
  isAtOnce: boolean,
): HostState {
  const turn = before.turns.find((open) => open.id === id);
  if (turn === undefined) return before;
  const state = {
    ...before,
    turns: before.turns.filter((open) => open !== turn),
    durations: withTurn(before.durations, turn, now),
  };
  const notBefore = word === 'refused' ? timeOf(failure?.notBefore) : 0;
  if (word === 'left') return state;
  if (turn.epoch !== state.epoch) return { ...state, pause: prolonged(state.pause, notBefore) };
  if (word === 'answered') {
    return {
      ...state,
      wasReached: true,
      unreached: [],
      pause: null,
      refusals: 0,
      slowed: faster(state.slowed),
    };
  }
  const unreached = word === 'refused' ? [] : [...new Set([...state.unreached, turn.work])];
  const met = { ...state, unreached, wasReached: state.wasReached || word === 'refused' };
  const isOutage = turn.isProbe || unreached.length >= OUTAGE || isAtOnce;
  if (word === 'unreachable' && !isOutage) return met;
  const length = FIRST_PAUSE_MS * PAUSE_GROWTH ** state.refusals;
  return {
    ...met,
    epoch: state.epoch + 1,
    refusals: state.refusals + 1,
    pause: {
      reason: word,
      cause: failure?.cause ?? 'unknown',
      message: failure?.message ?? '',
      since: now,
      until: Math.max(now + length, notBefore),
    },
  };
}

/** The host asks for fewer requests, not for none. Pure. @param notBefore ISO 8601, where the host named a time */
export function slowDown(
  state: HostState,
  { pace }: HostPolicy,
  notBefore: string | undefined,
  now: number,
): HostState {
  const slowed = Math.min(Math.max(2 * state.slowed, 2 * pace, SLOWED_MS.first), SLOWED_MS.most);
  return { ...state, slowed, nextStart: Math.max(state.nextStart, now + slowed, timeOf(notBefore)) };
}

/** How much earlier turns count, with each further one. */
const MEMORY = 0.97;

function withTurn(before: Durations, { startsAt, answeredAt }: OpenTurn, now: number): Durations {
  if (answeredAt === null || now < answeredAt) return before;
  const asking = Math.max(answeredAt - startsAt, 0);
  const whole = Math.max(now - startsAt, 0);
  if (before.whole === 0) return { asking, whole };
  const nearer = (old: number, latest: number) => old * MEMORY + latest * (1 - MEMORY);
  return { asking: Math.min(asking, nearer(before.asking, asking)), whole: nearer(before.whole, whole) };
}

function faster(slowed: number): number {
  const next = slowed * SLOWED_MS.fallPerAnswer;
  return next < SLOWED_MS.first / 2 ? 0 : next;
}

function prolonged(pause: Pause | null, until: number): Pause | null {
  return pause === null || until <= pause.until ? pause : { ...pause, until };
}

/** Milliseconds since 1970; 0 for what is no time. */
function timeOf(text: string | undefined): number {
  const time = text === undefined ? 0 : Date.parse(text);
  return Number.isFinite(time) ? time : 0;
}

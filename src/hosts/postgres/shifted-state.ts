import type { HostState, OpenTurn } from '../host-state.ts';

/** A turn as it is kept: with the number of the process that has it. */
export interface HeldTurn extends OpenTurn {
  readonly holder?: number;
}

/** The same state with all its times by another clock. Pure. @param by milliseconds that the other clock is ahead */
export function shifted(state: HostState, by: number): HostState {
  const { pause, turns, nextStart } = state;
  return {
    ...state,
    pause: pause && { ...pause, since: pause.since + by, until: pause.until + by },
    turns: turns.map((turn) => ({
      ...turn,
      startsAt: turn.startsAt + by,
      answeredAt: turn.answeredAt === null ? null : turn.answeredAt + by,
    })),
    nextStart: nextStart + by,
  };
}

/** The state with a holder for each turn: a new one is that of whoever changed it. Pure. */
export function withHolder(state: HostState, holder: number): HostState {
  const turns = state.turns.map((turn: HeldTurn) => ({ holder, ...turn }));
  return { ...state, turns };
}

/** The numbers of the processes that have turns there, each once. Pure. */
export function holdersOf({ turns }: HostState): readonly number[] {
  return [...new Set(turns.flatMap(({ holder }: HeldTurn) => holder ?? []))];
}

/** The state without the turns of processes that are gone: as if they had left without a word. Pure. */
export function withoutHolders(state: HostState, gone: readonly number[]): HostState {
  const turns = state.turns.filter(({ holder }: HeldTurn) => holder === undefined || !gone.includes(holder));
  return turns.length === state.turns.length ? state : { ...state, turns };
}

/** Whether somebody who waits may go on by a change: more than a turn that was given. Pure. */
export function isNews(before: HostState, after: HostState): boolean {
  if (before.pause !== after.pause || before.epoch !== after.epoch) return true;
  const coming = ({ turns }: HostState) => turns.filter(({ answeredAt }) => answeredAt !== null).length;
  if (coming(before) !== coming(after)) return true;
  const open = new Set(after.turns.map(({ id }) => id));
  return before.turns.some(({ id }) => !open.has(id));
}

import type { Hosts, Turn } from './hosts.ts';

/**
 * The same hosts, but whoever enters first at the host of these turns gets the turn that was taken for them already. So a
 * row waits for its turn before it is begun, and its first item takes it over.
 */
export function lendTurns(hosts: Hosts, turns: readonly Turn[]): Hosts {
  const lent = new Map(turns.map((turn) => [turn.host, turn]));
  return {
    host: (name) => {
      const host = hosts.host(name);
      return {
        ...host,
        enter: (options) => {
          const turn = lent.get(name);
          lent.delete(name);
          return turn === undefined ? host.enter(options) : Promise.resolve(turn);
        },
      };
    },
  };
}

/** Connections to one host at once that transfers may open beyond one for each file, where nobody allows more. */
const MOST_FOR_A_HOST = 16;

const inUse = new Map<string, number>();

/** The connections that a transfer has to a host. */
export interface HostRoom {
  /** As many as this transfer may have now, with those that it has; at least one. */
  readonly most: number;
  enter(): void;
  leave(): void;
}

/**
 * Counts connections to a host over all transfers of this process: each file has one, further ones are opened only
 * while the host has fewer than 16 altogether.
 * @param allowed as many may be there at once, where that is more
 */
export function roomAt(host: string, allowed = 0): HostRoom {
  const mostForHost = Math.max(MOST_FOR_A_HOST, allowed);
  let mine = 0;
  const add = (count: number) => {
    mine += count;
    const all = (inUse.get(host) ?? 0) + count;
    if (all > 0) inUse.set(host, all);
    else inUse.delete(host);
  };
  return {
    get most() {
      const others = (inUse.get(host) ?? 0) - mine;
      return Math.max(1, mostForHost - others);
    },
    enter: () => add(1),
    leave: () => add(-1),
  };
}

import { setTimeout as sleep } from 'node:timers/promises';
import { type HostDatabase, type HostStore, postgresHostStore } from '../../../src/hosts/index.ts';
import type { CsvStore } from '../../../src/ledger/index.ts';
import { type HandClock, settle } from '../hand-clock.ts';

const HOUR = 3_600_000;
const BARRIER = 'all before this was heard';

/** Opens stores of hosts, one after the other, whose time is moved by hand, and says when all is at rest. */
export function handMovedStores(csvStore: () => CsvStore) {
  let open: { readonly close: () => Promise<void> } | null = null;
  let underWay = 0;
  let steps = 0;
  const heard = new Set<() => void>();

  async function openStore(clock: HandClock): Promise<HostStore> {
    await open?.close();
    const { database } = csvStore();
    const tapped: HostDatabase = {
      rows: database.rows,
      transaction: database.transaction,
      session: (channel, opened, hear) =>
        database.session(channel, opened, (message) => {
          if (message === BARRIER) heard.forEach((tell) => tell());
          else hear(message);
        }),
    };
    // The machine's clock is an hour behind the database's.
    const store = postgresHostStore({ database: tapped, clock, timeOf: () => clock.now() + HOUR });
    open = store;
    const counted = async <T>(work: Promise<T>): Promise<T> => {
      underWay++;
      steps++;
      try {
        return await work;
      } finally {
        underWay--;
      }
    };
    await connected();
    return {
      read: (host) => counted(store.read(host)),
      update: (host, change) => counted(store.update(host, change)),
      news: (host) => store.news(host),
      held: () => store.held(),
    };
  }

  /** All messages that were sent before were heard. */
  async function barrier(): Promise<void> {
    const all = new Promise<void>((resolve) => heard.add(resolve));
    await csvStore().database.rows(`SELECT pg_notify('rowtrail_host', '${BARRIER}')::text`);
    await all;
    heard.clear();
  }

  async function connected(): Promise<void> {
    let isHeard = false;
    const all = new Promise<void>((resolve) => heard.add(resolve)).then(() => (isHeard = true));
    while (!isHeard) {
      await csvStore().database.rows(`SELECT pg_notify('rowtrail_host', '${BARRIER}')::text`);
      await Promise.race([all, sleep(20)]);
    }
    heard.clear();
  }

  async function settled(): Promise<void> {
    for (;;) {
      const before = steps;
      await settle();
      while (underWay > 0) await sleep(1);
      await barrier();
      await settle();
      if (steps === before && underWay === 0) return;
    }
  }

  return { openStore, settled, close: async () => void (await open?.close()) };
}

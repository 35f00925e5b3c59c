import { ErrorHandler } from '../../errors/index.ts';
import type { Clock } from '../../hosts/index.ts';
import type { CsvStore, LeaseTerms } from '../../ledger/index.ts';
import type { Queue } from '../../queue/index.ts';
import type { WorkflowOptions } from '../options.ts';
import { CsvDesks } from './csv-desks.ts';
import { HeldJobs } from './held-jobs.ts';
import { settlingIn } from './settlement.ts';
import type { WorkerParts } from './worker-parts.ts';

type Given = Pick<
  WorkerParts,
  'folders' | 'hosts' | 'progress' | 'whenOpen' | 'begun' | 'recorded' | 'ended' | 'tell' | 'note' | 'board'
>;

export interface OpenPartsOptions extends Given {
  readonly store: CsvStore;
  readonly queue: Queue;
  readonly lease: LeaseTerms;
  readonly options: WorkflowOptions;
  readonly clock: Clock;
}

/** What a worker is made of. */
export interface OpenParts extends AsyncDisposable {
  readonly parts: WorkerParts;
}

/** Puts the parts of a worker together. Store and queue stay open when they are closed. */
export function openParts(given: OpenPartsOptions): OpenParts {
  const { store, queue, lease, options, clock, ...others } = given;
  const held = new HeldJobs(queue);
  const desks = new CsvDesks(store, lease);
  const parts: WorkerParts = {
    ...others,
    queue,
    connections: store.connections,
    desks,
    held,
    settling: settlingIn(queue),
    options,
    clock,
    errors: new ErrorHandler({ clock: () => new Date(clock.now()) }),
  };
  return {
    parts,
    [Symbol.asyncDispose]: async () => {
      await held.close();
      await desks.close();
    },
  };
}

import type { ChangeLog } from './change-log.ts';
import type { LedgerSource } from './ledger-source.ts';
import type { Place } from './place.ts';
import type { SteadyCsv } from './steady-csv.ts';
import type { WriteBack } from './write-back.ts';

/** What a tracker is made of, for the functions that do its work. */
export interface TrackerParts {
  readonly place: Place;
  readonly csv: SteadyCsv;
  readonly ledger: LedgerSource;
  readonly writeBack: WriteBack;
  readonly changes: ChangeLog;
}

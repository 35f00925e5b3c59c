import { basename } from 'node:path';
import type { Clock } from '../clock.ts';
import { type AlertEvent, type AlertMemory, eventsFor, remember, track } from './alert-events.ts';
import { alertMemoryFile, readAlertMemory, writeAlertMemory } from './alert-memory.ts';
import {
  type AlertTarget,
  type AlertTargets,
  deliverAlerts,
  type DeliveryLimits,
  type DeliveryResult,
  targetsIn,
} from './deliver.ts';
import type { Alert } from './evaluate.ts';

const NONE: ReadonlySet<string> = new Set();

/** Where the deliveries of a CSV's alerts are remembered. */
export interface DeskPlace {
  /** The CSV, absolute. */
  readonly csv: string;
  /** The folder beside the CSV that holds its ledger; null where there is none, then only this process remembers. */
  readonly folder: string | null;
}

/** What is not to be told, by the names of alerts. */
export interface Withheld {
  /** Whether they hold is not known now: what the targets know of them stays as it is. */
  readonly unjudged?: ReadonlySet<string>;
  /** The log does not hear of them. */
  readonly unlogged?: ReadonlySet<string>;
}

/**
 * Tells the targets of what changed since they were last told: of each alert once when it begins and once when it is over. What
 * they know stands in `alerts.json` beside the ledger, so that a new run does not repeat it; while it cannot be written (the disk
 * is full, say, which is an alert of its own), this process remembers it. A target that could not be reached is told with the next
 * call. Killed in the middle, a target may be told twice.
 */
export class AlertDesk {
  readonly #clock: Clock;
  /** What the file does not hold. */
  #unkept: AlertMemory | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * @param alerts all that hold now
   * @throws RowtrailError when it cannot be kept what was delivered; the targets were told
   */
  async announce(
    alerts: readonly Alert[],
    targets: AlertTargets,
    { csv, folder }: DeskPlace,
    limits: Omit<DeliveryLimits, 'clock'> = {},
    { unjudged = NONE, unlogged = NONE }: Withheld = {},
  ): Promise<readonly DeliveryResult[]> {
    const file = folder === null ? null : alertMemoryFile(folder);
    const before = this.#unkept ?? (file === null ? {} : await readAlertMemory(file));
    const now = track(before, alerts, new Date(this.#clock.now()));
    const isTold = (target: AlertTarget, { alert: { name } }: AlertEvent) =>
      !unjudged.has(name) && !(target === 'log' && unlogged.has(name));
    const results = await deliverAlerts(
      basename(csv),
      (target) => eventsFor(now, target).filter((event) => isTold(target, event)),
      targets,
      { ...limits, clock: this.#clock },
    );
    // A target that had nothing to be told knows everything.
    const told = new Map(
      targetsIn(targets).map((name) => [name, results.find(({ target }) => target === name)?.ok ?? true]),
    );
    const left = Object.entries(before).filter(([name]) => unjudged.has(name));
    const after = { ...remember(now, told), ...Object.fromEntries(left) };
    const isKept = this.#unkept === null && JSON.stringify(after) === JSON.stringify(before);
    this.#unkept = after;
    if (file === null) return results;
    if (!isKept) await writeAlertMemory(file, after);
    this.#unkept = null;
    return results;
  }
}

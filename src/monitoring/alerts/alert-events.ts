import type { Alert } from './evaluate.ts';

/** That an alert began or ended. */
export interface AlertEvent {
  readonly event: 'begun' | 'ended';
  /** As it was when it began. */
  readonly alert: Alert;
  /** ISO 8601. */
  readonly at: string;
}

/** An alert that somebody was told of, or is still to be told of. */
export interface TrackedAlert {
  readonly alert: Alert;
  readonly active: boolean;
  /** When it ended, ISO 8601; null while it goes on. */
  readonly endedAt: string | null;
  /** The targets that know of its beginning. */
  readonly told: readonly string[];
  /** How often a target could not be told of what is to be told now. */
  readonly failures: number;
}

/** By the alert's name. */
export type AlertMemory = Readonly<Record<string, TrackedAlert>>;

/** Checks in which a target that cannot be reached is tried again for the same event: an hour of a run. */
const MOST_FAILURES = 60;

/** What was remembered, with what holds now. Pure. */
export function track(memory: AlertMemory, alerts: readonly Alert[], now: Date): AlertMemory {
  const next = new Map<string, TrackedAlert>();
  for (const [name, tracked] of Object.entries(memory)) {
    next.set(
      name,
      tracked.active ? { ...tracked, active: false, endedAt: now.toISOString(), failures: 0 } : tracked,
    );
  }
  for (const alert of alerts) {
    const known = memory[alert.name];
    // One that comes back before everybody heard that it was over, never ended for them.
    const told = known?.told ?? [];
    const goesOn = known?.active === true;
    next.set(alert.name, {
      alert: goesOn ? known.alert : alert,
      active: true,
      endedAt: null,
      told,
      failures: goesOn ? known.failures : 0,
    });
  }
  return Object.fromEntries(next);
}

/** What a target is to be told: beginnings that it does not know of, and ends of those that it knows of. Pure. */
export function eventsFor(memory: AlertMemory, target: string): readonly AlertEvent[] {
  return Object.values(memory).flatMap(({ alert, active, endedAt, told, failures }) => {
    if (failures >= MOST_FAILURES || told.includes(target) === active) return [];
    return [{ event: active ? 'begun' : 'ended', alert, at: endedAt ?? alert.timestamp }];
  });
}

/** What is remembered once targets were told, or could not be. Pure. @param outcomes by target, whether it was told */
export function remember(memory: AlertMemory, outcomes: ReadonlyMap<string, boolean>): AlertMemory {
  const kept = Object.entries(memory).flatMap(([name, tracked]): [string, TrackedAlert][] => {
    let { told, failures } = tracked;
    let failed = false;
    for (const [target, ok] of outcomes) {
      if (told.includes(target) === tracked.active) continue;
      if (!ok) failed = true;
      else told = tracked.active ? [...told, target] : told.filter((each) => each !== target);
    }
    if (failed) failures++;
    // Targets that are no longer in use never hear of the end.
    const waits = told.some((target) => outcomes.has(target)) && failures < MOST_FAILURES;
    return tracked.active || waits ? [[name, { ...tracked, told, failures }]] : [];
  });
  return Object.fromEntries(kept);
}

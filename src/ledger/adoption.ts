/** What the run_id of an attempt begins with that fetched nothing: it took over files that were there. */
const PREFIX = 'adopt-';

/** Names one adoption, as a run's id names a run. @param unique tells two of one second apart */
export function adoptionId(now: Date, unique: string): string {
  return `${PREFIX}${now.toISOString().slice(0, 19).replaceAll(':', '-')}-${unique}`;
}

/** Whether an attempt took over files that were there, by its run_id. */
export function isAdoption(runId: string | null): boolean {
  return runId?.startsWith(PREFIX) === true;
}

/**
 * Looks once in each idle period whether anything changed since the last look.
 * @returns what ends the watch; it is due in any case
 */
export function watchIdle({
  idleMs,
  signsOfLife,
  onIdle,
}: {
  readonly idleMs: number;
  /** Something that changes while work goes on; where it cannot be had, that is no sign of life. */
  readonly signsOfLife: () => Promise<string>;
  readonly onIdle: () => void;
}): { clear(): void } {
  let last = '';
  let watching = true;
  const timer = setInterval(() => {
    void (async () => {
      const seen = await signsOfLife().catch(() => '');
      if (seen === last && watching) onIdle();
      last = seen;
    })();
  }, idleMs);
  return {
    clear() {
      watching = false;
      clearInterval(timer);
    },
  };
}

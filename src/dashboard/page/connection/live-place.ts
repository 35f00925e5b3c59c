/** Live connections that all pages of one browser have together: it keeps six to one host, and the others are for questions. */
const PLACES = 4;

/**
 * Takes one of the few places for a live connection that the pages of a browser share.
 * @returns gives it back; null where all are taken
 */
export async function takeLivePlace(): Promise<(() => void) | null> {
  // Only pages of this machine and of https have locks; there are seldom many of the others.
  if (!('locks' in navigator)) return () => {};
  for (let place = 0; place < PLACES; place += 1) {
    const taken = await tryLock(`rowtrail-live-${place}`);
    if (taken !== null) return taken;
  }
  return null;
}

function tryLock(name: string): Promise<(() => void) | null> {
  return new Promise((resolve) => {
    navigator.locks
      .request(name, { ifAvailable: true }, (lock) => {
        if (lock === null) return resolve(null);
        return new Promise<void>((release) => resolve(release));
      })
      // A browser that gives none away has its reasons: then a line without a lock it is.
      .catch(() => resolve(() => {}));
  });
}

/**
 * Watches the rows' table in each frame that is drawn. A frame is blank when some place of it, between the header and the
 * lower edge, shows no row with words. Scripts for the page, as text: tests are checked with Node's types.
 */
export const WATCH_FRAMES = `(() => {
  const watch = { frames: 0, blank: 0, slowest: 0, last: performance.now(), on: true };
  window.frameWatch = watch;
  const look = (now) => {
    if (!watch.on) return;
    watch.frames += 1;
    watch.slowest = Math.max(watch.slowest, now - watch.last);
    watch.last = now;
    const grid = document.querySelector('.grid').getBoundingClientRect();
    const top = document.querySelector('.grid-head').getBoundingClientRect().bottom + 2;
    for (let y = top; y < grid.bottom - 2; y += 24) {
      const line = document.elementFromPoint(grid.left + 80, y)?.closest('[data-index]');
      if (!line || line.textContent.trim() === '') { watch.blank += 1; break; }
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()`;

/** Ends the watch and tells what it saw. */
export const FRAMES_SEEN = `(() => { window.frameWatch.on = false; return window.frameWatch; })()`;

export interface FramesSeen {
  readonly frames: number;
  readonly blank: number;
  /** Milliseconds between the two frames that lay furthest apart. */
  readonly slowest: number;
}

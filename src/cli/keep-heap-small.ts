import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Bytes of the space for new objects at which it stops growing; it is three times its semi-space. */
const ENOUGH = 3 * 1024 * 1024;
/** Milliseconds between two looks. */
const LOOK_MS = 20;

/**
 * Keeps the memory of this process small. In a process that is busy for long, V8 lets the space for new objects grow to some
 * 100 MB and collects the old ones late; neither makes us faster (measured: bench/README.md, "Memory"). Node's limits for
 * that are flags of its command line, which an installed program has none of; these two are read by V8 each time.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=25');
  // While modules are loaded all that is new survives, and no timer comes in between: the space would grow to several times enough.
  setFlagsFromString('--semi-space-growth-factor=1');
  const timer = setInterval(() => {
    const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    const isEnough = young === undefined || young.space_size >= ENOUGH;
    setFlagsFromString(`--semi-space-growth-factor=${isEnough ? 1 : 2}`);
    if (isEnough) clearInterval(timer);
  }, LOOK_MS).unref();
}

import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Bytes of the space for new objects at which it stops growing; it is three times its semi-space. */
const ENOUGH = 8 * 1024 * 1024;
/** Milliseconds between two looks. */
const LOOK_MS = 20;

/**
 * Keeps the memory of this process small: in a process that is busy for long, V8 lets the space for new objects grow to
 * some 100 MB, which makes it no faster here (bench/README.md, "Memory"). The limit that Node has for that is a flag of its
 * command line, and an executable file has none. Growth is a flag that V8 reads each time.
 */
export function capYoungGeneration(): void {
  const timer = setInterval(() => {
    const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    if (young !== undefined && young.space_size < ENOUGH) return;
    setFlagsFromString('--semi-space-growth-factor=1');
    clearInterval(timer);
  }, LOOK_MS).unref();
}

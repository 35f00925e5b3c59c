import { NODE_FLAGS } from '../../bin/hand-over.js';

/**
 * How a process that measures is started: on Node with the flags that the launcher gives it.
 * @param node further flags
 */
export function probeCommand(
  script: string,
  args: readonly string[],
  node: readonly string[] = [],
): readonly [string, ...string[]] {
  return [process.execPath, ...NODE_FLAGS, ...node, script, ...args];
}

import { NODE_ENVIRONMENT, NODE_FLAGS } from '../../bin/hand-over.js';

/**
 * How a process that measures is started: on Node with the flags and the environment that the launcher gives it.
 * @param node further flags
 */
export function probeCommand(
  script: string,
  args: readonly string[],
  node: readonly string[] = [],
): readonly [string, ...string[]] {
  const set = Object.entries(NODE_ENVIRONMENT).map(([name, value]) => `${name}=${value}`);
  return ['env', ...set, process.execPath, ...NODE_FLAGS, ...node, script, ...args];
}

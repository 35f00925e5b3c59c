export { newOwnerMark } from './owner-mark.ts';
export { listProcesses, type ProcessEntry } from './process-table.ts';
export { reapOrphans } from './reap-orphans.ts';
export { runInGroup, type GroupEnd, type GroupRun } from './run-in-group.ts';

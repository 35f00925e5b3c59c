export { guardian } from './guardian.ts';
export { watchIdle } from './idle-watch.ts';
export { signalGroup } from './kill-group.ts';
export { LineLog, lineSplitter } from './lines.ts';
export { newOwnerMark } from './owner-mark.ts';
export { listProcesses, type ProcessEntry } from './process-table.ts';
export { reapOrphans } from './reap-orphans.ts';
export { runInGroup, type GroupEnd, type GroupRun } from './run-in-group.ts';

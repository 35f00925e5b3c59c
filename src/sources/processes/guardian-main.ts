// The guardian's own process: kills what its owner leaves behind. Its protocol stands in guardian.ts.
import { setTimeout as sleep } from 'node:timers/promises';
import { signalGroup } from './kill-group.ts';
import { listProcesses } from './process-table.ts';

/** Pauses before each look at the process table, in ms: a child may still be on its way when its owner is killed. */
const LOOKS = [0, 100, 300];

const groups = new Set<number>();
const folders = new Map<string, number>();

function obey(line: string): void {
  const [verb, value = ''] = [line.slice(0, 1), line.slice(1)];
  if (verb === '+') groups.add(Number(value));
  else if (verb === '-') groups.delete(Number(value));
  else if (verb === '[') folders.set(value, (folders.get(value) ?? 0) + 1);
  else if (verb === ']') {
    const left = (folders.get(value) ?? 1) - 1;
    if (left > 0) folders.set(value, left);
    else folders.delete(value);
  }
}

async function killRest(): Promise<void> {
  if (groups.size === 0 && folders.size === 0) return;
  for (const group of groups) signalGroup(group, 'SIGKILL');
  const watched = [...folders.keys()].map((folder) => JSON.parse(folder) as string);
  for (const pause of LOOKS) {
    await sleep(pause);
    for (const { group, uid, commandLine } of await listProcesses()) {
      if (uid === process.getuid?.() && watched.some((folder) => commandLine.includes(folder))) {
        signalGroup(group, 'SIGKILL');
      }
    }
  }
}

// Whoever stops a whole service signals us too; our end is our owner's end, which the closing of stdin tells.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

let rest = '';
process.stdin.setEncoding('utf8');
for await (const chunk of process.stdin) {
  const lines = (rest + String(chunk)).split('\n');
  rest = lines.pop() ?? '';
  lines.forEach(obey);
}
await killRest();

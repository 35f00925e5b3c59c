import { causeFacts } from '../../errors/index.ts';
import type { DeadJob } from '../../queue/index.ts';
import { settle } from './settlement.ts';
import type { WorkerParts } from './worker-parts.ts';

/** Dead letters that are told of at a time. */
const MOST = 10;

/** Takes the jobs out of the dead letter that ended their workers, and records each as a failed attempt, which is not made again. @returns how many */
export async function recordDeadJobs(parts: WorkerParts): Promise<number> {
  const dead = await parts.queue.takeDead(MOST);
  parts.held.hold(dead);
  for (const job of dead) {
    await recordDead(parts, job);
    parts.held.end(job);
  }
  return dead.length;
}

async function recordDead(parts: WorkerParts, job: DeadJob): Promise<void> {
  const { desks, settling, clock, connections, note } = parts;
  const { row, downloadType, link, runId, reason } = job;
  const desk = await desks.of(job.csv);
  const state = (await desk?.ledger.row(row.rowId))?.downloads[downloadType];
  const isOver = state?.status === 'completed' || (state?.link ?? link) !== link;
  if (desk === null || isOver) return settle(connections, settling, { job, next: null });
  const at = new Date(clock.now()).toISOString();
  const { rowId, type, name, email } = row;
  await desk.ledger.record(
    {
      row: { rowId, type, name, email },
      downloadType,
      link,
      generation: null,
      lease: null,
      startedAt: at,
      endedAt: at,
      items: [],
      outcome: {
        status: 'failed',
        cause: CAUSE,
        category: causeFacts(CAUSE).category,
        message: reason,
        permanent: true,
        notBefore: null,
        scope: 'full',
      },
      folder: null,
      runId,
    },
    { kind: settling, part: { job, next: null } },
  );
  note(reason, rowId);
}

const CAUSE = 'workers_lost';

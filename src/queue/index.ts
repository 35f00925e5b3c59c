export { queueCounts } from './counts.ts';
export { completionBy } from './completion.ts';
export { holding } from './holding.ts';
export { JobLostError } from './job-lost-error.ts';
export type { DeadJob, DownloadJob, EnqueueOptions, Queue, QueueCounts, TakenJob } from './queue.ts';
export { openQueue, type QueueOptions } from './store-queue.ts';

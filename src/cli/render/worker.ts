import type { WorkerSummary } from '../../index.ts';
import { bytesText } from './words.ts';

/** What a worker did, when it ends. Pure. */
export function renderWorker({ completed, failed, later, retries, files, bytes }: WorkerSummary): string {
  const counts = [
    `${completed} completed`,
    `${failed} failed`,
    ...(later > 0 ? [`${later} put off`] : []),
    ...(retries > 0 ? [`${retries} left to another try`] : []),
  ];
  return `${counts.join(', ')}; ${files} ${files === 1 ? 'file' : 'files'}, ${bytesText(bytes)}`;
}

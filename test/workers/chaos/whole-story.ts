import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startInternet } from '../../../src/demo/internet/index.ts';
import { newDatabase } from '../../store/fixtures.ts';
import { ownPostgres } from '../../support/postgres-process.ts';
import { CONCURRENCY, liveThroughChaos } from './chaos.ts';

export interface WholeStoryOptions {
  readonly folder: string;
  readonly items: number;
  readonly random: () => number;
}

/**
 * Four workers work off a CSV undisturbed, then another one while they are killed and stopped and PostgreSQL crashes.
 * @throws where something is lost, done twice or left over, a limit of the host was exceeded, or it took more than twice the time
 */
export async function workersWholeStory({ folder, items, random }: WholeStoryOptions) {
  const internet = await startInternet();
  const postgres = await ownPostgres([]);
  try {
    const live = async (name: string, isDisturbed: boolean) => {
      const own = join(folder, name);
      await mkdir(own);
      const store = await newDatabase(postgres, name);
      return liveThroughChaos({
        postgres,
        store,
        internet,
        folder: own,
        name,
        items,
        workers: 4,
        paceMs: 20,
        isDisturbed,
        random,
      });
    };
    const undisturbed = await live('undisturbed', false);
    const disturbed = await live('disturbed', true);
    const wrong = [undisturbed, disturbed].flatMap((report) => [
      ...(report.statuses['completed'] === items ? [] : [`statuses: ${JSON.stringify(report.statuses)}`]),
      ...report.notOnce.map((rowId) => `row ${rowId} was not completed once`),
      ...report.filesWithoutRow.map((name) => `${name} belongs to no row`),
      ...report.rowsWithoutFile.map((name) => `${name} is not there`),
      ...(report.jobsLeft === 0 ? [] : [`${report.jobsLeft} jobs are left`]),
      ...(report.mostAtOnce <= CONCURRENCY ? [] : [`the host sent ${report.mostAtOnce} at once`]),
    ]);
    if (disturbed.restarts !== 2) wrong.push(`PostgreSQL crashed ${disturbed.restarts} times`);
    const times = disturbed.seconds / undisturbed.seconds;
    if (times > 2) wrong.push(`it took ${times.toFixed(2)} times as long`);
    if (wrong.length > 0)
      throw new Error(`${wrong.join('\n')}\n${JSON.stringify({ undisturbed, disturbed }, null, 2)}`);
    return { undisturbed, disturbed, times };
  } finally {
    await postgres.remove();
    await internet.close();
  }
}

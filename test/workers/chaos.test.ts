import { expect, it, onTestFinished } from 'vitest';
import { newDatabase } from '../store/fixtures.ts';
import { startTestInternet } from '../support/internet.ts';
import { startPostgres } from '../support/postgres.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { CONCURRENCY, liveThroughChaos } from './chaos/chaos.ts';

const ITEMS = 200;

it(
  'workers that are killed and stopped beyond their leases, and a PostgreSQL that crashes twice, lose nothing and do nothing twice',
  { timeout: 300_000 },
  async () => {
    const [postgres, internet] = await Promise.all([startPostgres(), startTestInternet()]);
    onTestFinished(() => internet.close());
    const report = await liveThroughChaos({
      postgres,
      internet,
      store: await newDatabase(postgres, 'chaos'),
      folder: await tempFolder(),
      name: 'short',
      items: ITEMS,
      workers: 3,
      // Slow enough that two crashes find their time.
      paceMs: 120,
      isDisturbed: true,
      random: Math.random,
    });
    expect(report).toMatchObject({
      restarts: 2,
      statuses: { completed: ITEMS },
      notOnce: [],
      filesWithoutRow: [],
      rowsWithoutFile: [],
      jobsLeft: 0,
    });
    expect(report.killed + report.paused).toBeGreaterThan(0);
    expect(report.mostAtOnce).toBeLessThanOrEqual(CONCURRENCY);
  },
);

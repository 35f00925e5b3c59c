import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServing } from '../../test/dashboard/page/support/serving.ts';
import { writeSampleCsv } from '../tracker/sample-csv.ts';
import { measurePage } from './page.ts';

export const DASHBOARD_USAGE = 'npm run bench -- dashboard [rows, default 1000000]';

/** `npm run bench -- dashboard`: the page in a browser on a table of so many rows; prints its figures as JSON, in milliseconds. */
export async function benchDashboard(rows: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'rowtrail-bench-'));
  try {
    await writeSampleCsv(join(folder, 'people.csv'), rows);
    const began = performance.now();
    const serving = await startServing('people.csv', { cwd: folder });
    try {
      await indexStands(serving.url);
      const index = performance.now() - began;
      const page = await measurePage(serving.url, ['Nakamura', 'Haruka van']);
      process.stdout.write(`${JSON.stringify({ rows, index, ...page }, null, 2)}\n`);
    } finally {
      await serving.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function indexStands(url: string): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}healthz`);
    const { index } = (await answer.json()) as { index: string };
    if (index === 'ready') return;
    await sleep(50);
  }
}

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { format } from 'prettier';
import { build } from '../../scripts/repository/build.js';
import { startServing } from '../../test/dashboard/page/support/serving.ts';
import { openBrowser } from '../../test/support/browser.ts';
import { currentLoad, describeMachine } from '../support/machine.ts';
import { spreadOf } from '../support/statistics.ts';
import type { DashboardBenchOptions } from './options.ts';
import { measurePage, openBeforeItStands, type PageSamples } from './page.ts';
import { type DashboardReport, reportOf, type SituationResult } from './report.ts';
import { memoryOf } from './server-memory.ts';
import { folderOf, type Situation, SITUATIONS } from './situations.ts';

const RESULTS = 'dashboard';

/** `npm run bench -- dashboard`: what a person waits for at the page, and what its server takes. */
export async function benchDashboard(root: string, options: DashboardBenchOptions): Promise<void> {
  await build(root);
  const parent = options.folder ?? (await mkdtemp(join(tmpdir(), 'rowtrail-bench-')));
  await mkdir(parent, { recursive: true });
  try {
    const folders: [Situation, string][] = [];
    for (const situation of Object.keys(SITUATIONS) as Situation[])
      folders.push([situation, await folderOf(situation, options.rows, parent)]);
    if (options.onlyMake) return;
    const situations: SituationResult[] = [];
    for (const [situation, folder] of folders) situations.push(await measure(situation, folder, options));
    const report: DashboardReport = {
      format: 1,
      machine: describeMachine(new Date()),
      rows: options.rows,
      scriptKilobytes: await scriptSize(root),
      situations,
    };
    const page = await format(reportOf(report), { parser: 'markdown' });
    process.stdout.write(page);
    if (!options.keep) return;
    const results = join(root, 'bench', 'results');
    await writeFile(
      join(results, `${RESULTS}.json`),
      await format(JSON.stringify(report), { parser: 'json' }),
    );
    await writeFile(join(results, `${RESULTS}.md`), page);
  } finally {
    if (options.folder === null) await rm(parent, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function measure(
  situation: Situation,
  folder: string,
  { rounds }: DashboardBenchOptions,
): Promise<SituationResult> {
  const samples: Record<string, number[]> = {};
  const add = (name: string, ...values: readonly number[]) => (samples[name] ??= []).push(...values);
  const before = currentLoad();
  const browser = await openBrowser();
  try {
    for (let round = 0; round < rounds; round += 1) {
      process.stderr.write(`${situation}: round ${round + 1} of ${rounds} (load ${currentLoad()})\n`);
      await measureRound(browser, folder, add);
    }
  } finally {
    await browser.close();
  }
  const figures = Object.entries(samples).map(([name, values]) => [name, spreadOf(values)]);
  return {
    situation,
    rounds,
    load: { before, after: currentLoad() },
    figures: Object.fromEntries(figures) as SituationResult['figures'],
  };
}

/** One life of the server: a page waits for the index, others come right after it, then one is worked with. */
async function measureRound(
  browser: Browser,
  folder: string,
  add: (
    name: keyof PageSamples | 'index' | 'firstRows' | 'memory' | 'memoryAfterIndex',
    ...values: number[]
  ) => void,
): Promise<void> {
  const began = Date.now();
  const serving = await startServing('people.csv', { cwd: folder });
  try {
    const waiting = openBeforeItStands(browser, serving.url);
    const stood = await indexStands(serving.url);
    add('index', stood - began);
    add('memoryAfterIndex', memoryOf(serving.pid).now);
    add('firstRows', Math.max(0, (await waiting) - stood));
    const page = await measurePage(browser, serving.url);
    for (const [name, values] of Object.entries(page)) add(name as keyof PageSamples, ...values);
    add('memory', memoryOf(serving.pid).peak);
  } finally {
    await serving.stop();
  }
}

/** Milliseconds since 1970. */
async function indexStands(url: string): Promise<number> {
  for (;;) {
    const answer = await fetch(`${url}healthz`);
    const { index } = (await answer.json()) as { index: string };
    if (index === 'ready') return Date.now();
    await sleep(10);
  }
}

/** All scripts of the page, gzipped. */
async function scriptSize(root: string): Promise<number> {
  const folder = join(root, 'dist', 'dashboard', 'page', 'assets');
  const scripts = (await readdir(folder)).filter((name) => name.endsWith('.js'));
  const sizes = await Promise.all(
    scripts.map(async (name) => gzipSync(await readFile(join(folder, name))).length),
  );
  return sizes.reduce((sum, size) => sum + size, 0) / 1000;
}

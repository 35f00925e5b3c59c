import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getDownloadStatusSummary } from '../../../src/tracker/index.ts';
import { runChild } from '../../support/run-child.ts';
import { unfetchableLineOf, writeSampleCsv } from '../sample-csv.ts';
import type { Probe } from '../task.ts';

const PYTHON = '/usr/bin/python3';
/** Neither is compiled: of the repository, in which this module lies below `build/bench/`. */
const inRepository = (path: string) => fileURLToPath(new URL(`../../../../../${path}`, import.meta.url));
const MEASURE = inRepository('bench/support/measure.py');
/** As it was built last. */
const LAUNCHER = inRepository('bin/rowtrail.js');
/** Some row is not completed. */
const INCOMPLETE = 3;

/** The command line as a person starts it, from its first module to its last line, on links that it can only refuse: what is left is our own. */
export const commandRun: Probe = async ({ folder, count }) => {
  const csv = join(folder, 'people.csv');
  await writeSampleCsv(csv, count, unfetchableLineOf);
  const log = join(folder, 'log.txt');
  const dirs = ['--youtube-dir', join(folder, 'youtube'), '--drive-dir', join(folder, 'drive')];
  const samples = await runChild([PYTHON, MEASURE, log, process.execPath, LAUNCHER, 'run', csv, ...dirs]);
  const [code] = samples['exitCode'] ?? [];
  if (code !== INCOMPLETE)
    throw new Error(`rowtrail run ended with ${code}:\n${await readFile(log, 'utf8')}`);
  const { youtube } = await getDownloadStatusSummary(csv);
  if (youtube.failed !== count)
    throw new Error(`of ${count} rows ${youtube.failed} were tried: is yt-dlp there?`);
  return samples;
};

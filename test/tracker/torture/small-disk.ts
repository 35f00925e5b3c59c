import { mkdir, readdir, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NotInCsvError, RowtrailError } from '../../../src/errors/index.ts';
import { getDownloadStatusSummary, updateCsvDownloadStatus } from '../../../src/tracker/index.ts';
import { type Report, resultOf, shows } from './outcomes.ts';
import { sheetText, trackingOf } from './sheet.ts';

/**
 * A process that has a disk of its own, which it fills until so many bytes are free, and reports results on it: into a new CSV,
 * and into one that has its columns and its ledger. Arguments: the empty disk's folder, steps from no room to plenty.
 * Prints a line `FREE NTH OUTCOME` for each report: `written`, or the error's cause with `recorded` or `refused`;
 * and a line `wrong ...` for everything that must not be.
 */
const [disk = '', stepsText = '8'] = process.argv.slice(2);
const steps = Number(stepsText);
const ROWS = 1500;
const say = (...words: readonly (string | number)[]) => process.stdout.write(`${words.join(' ')}\n`);

for (let step = 0; step <= steps; step++) {
  const folder = join(disk, `step-${step}`);
  await mkdir(folder);
  const csv = join(folder, 'people.csv');
  const text = sheetText(ROWS);
  await writeFile(csv, text);
  // A new CSV needs its ledger, a backup and its successor; what comes after that is room to spare.
  const free = Math.floor((step / steps) ** 2 * (text.length * 3.2));
  const shown: Report[] = [];
  for (const nth of [1, 2]) {
    const report: Report = { row: 7 * nth, type: 'youtube', success: true, word: `step${step}nth${nth}` };
    const before = await readFile(csv);
    await fill(free);
    const outcome = await reported(csv, report);
    say(free, nth, outcome);
    if (!outcome.endsWith(' refused')) shown.push(report);
    // The disk may also be full right after the CSV was replaced: then it shows the result, and nothing else.
    if (!before.equals(await readFile(csv))) await checkShown(csv, shown, `${free} ${nth} ${outcome}`);
    else if (outcome === 'written') say('wrong', free, nth, 'the CSV was not changed');
    const partial = await partialFiles(folder);
    if (partial.length > 0) say('wrong', free, nth, 'partial files stay:', partial.join());

    await rm(join(disk, 'filler'));
    const again: Report = { row: 1, type: 'drive', success: true, word: `again${nth}` };
    await getDownloadStatusSummary(csv);
    await checkShown(csv, shown, `${free} ${nth}`);
    await updateCsvDownloadStatus(1, 'drive', resultOf(again), csv);
    shown.push(again);
    await checkShown(csv, shown, `${free} ${nth}`);
  }
  await rm(folder, { recursive: true });
}
say('done');

/** Leaves so many bytes free, to the page. */
async function fill(free: number): Promise<void> {
  const { bavail, bsize } = await statfs(disk);
  await writeFile(join(disk, 'filler'), Buffer.alloc(Math.max(0, bavail * bsize - free)));
}

async function reported(csv: string, report: Report): Promise<string> {
  try {
    await updateCsvDownloadStatus(report.row, report.type, resultOf(report), csv);
    return 'written';
  } catch (error) {
    const code = error instanceof RowtrailError ? error.code : String(error).replaceAll('\n', ' ');
    return `${code} ${error instanceof NotInCsvError ? 'recorded' : 'refused'}`;
  }
}

async function checkShown(csv: string, reports: readonly Report[], where: string): Promise<void> {
  const tracking = trackingOf(await readFile(csv, 'utf8'), ROWS);
  for (const [row, cells] of tracking.entries()) {
    for (const type of ['youtube', 'drive'] as const) {
      const report = reports.findLast((each) => each.row === row && each.type === type) ?? null;
      if (!shows(cells, report, type))
        say('wrong', where, `row p${row} shows ${cells.join()}, not ${report?.word ?? ''}`);
    }
  }
}

async function partialFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => name.endsWith('.tmp'));
}

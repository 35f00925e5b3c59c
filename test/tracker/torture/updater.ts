import { createInterface } from 'node:readline';
import { NotInCsvError } from '../../../src/errors/index.ts';
import { DOWNLOAD_TYPES } from '../../../src/row/index.ts';
import { getDownloadStatusSummary, updateCsvDownloadStatus } from '../../../src/tracker/index.ts';
import { lineOf, type Report, resultOf } from './outcomes.ts';

/**
 * A process that reports results through the public API, several at once, until it is killed or has reported so many.
 * Arguments: the CSV, its number of rows, a word that no other process has, how many at once, how many in all
 * (0: for ever), the rows it may take (`share/shares`).
 * On stdin: `status` asks for the summary, `go` starts. On stdout: `ready`, `status JSON`, and for each report
 * `try ...` before and `ack MS ...` after it was acknowledged, `late MS CODE ...` when it is recorded but not in the CSV,
 * `lost MESSAGE` when neither.
 */
const [csv = '', rowsText = '0', name = '', atOnceText = '1', limitText = '0', shareText = '0/1'] =
  process.argv.slice(2);
const rows = Number(rowsText);
const atOnce = Number(atOnceText);
const limit = Number(limitText) || Number.POSITIVE_INFINITY;
const [share = 0, shares = 1] = shareText.split('/').map(Number);
let made = 0;

const say = (...words: readonly (string | number)[]) => process.stdout.write(`${words.join(' ')}\n`);

/** Each worker has rows of its own, so that the last report of a row is known. */
async function work(worker: number): Promise<void> {
  const lanes = shares * atOnce;
  const lane = share * atOnce + worker;
  const own = Math.floor((rows - lane - 1) / lanes) + 1;
  while (made < limit) {
    const number = made++;
    const row = lane + lanes * Math.floor(Math.random() * own);
    const type = DOWNLOAD_TYPES[number % 2] ?? 'youtube';
    const report: Report = { row, type, success: Math.random() < 0.8, word: `${name}-${number}` };
    say('try', lineOf(report));
    const began = performance.now();
    const waited = () => (performance.now() - began).toFixed(1);
    try {
      await updateCsvDownloadStatus(row, type, resultOf(report), csv);
      say('ack', waited(), lineOf(report));
    } catch (error) {
      if (error instanceof NotInCsvError) say('late', waited(), error.code, lineOf(report));
      else say('lost', lineOf(report), String(error).replaceAll('\n', ' '));
    }
  }
}

async function goOn(): Promise<void> {
  await Promise.all(Array.from({ length: atOnce }, (_, worker) => work(worker)));
  say('done');
  commands.close();
}

const commands = createInterface(process.stdin);
commands.on('line', async (line) => {
  if (line === 'status') say('status', JSON.stringify(await getDownloadStatusSummary(csv)));
  else await goOn();
});
say('ready');

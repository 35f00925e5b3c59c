import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as fc from 'fast-check';
import { ensureTrackingColumns, getDownloadStatusSummary } from '../src/index.ts';
import { fuzzAnswers, fuzzGoogle } from '../test/sources/drive/torture/answers/answers.ts';
import { fetchLargeWithKill } from '../test/sources/drive/torture/large-virus-page.ts';
import { tortureTransfers } from '../test/sources/drive/torture/transfers.ts';
import { reportWhileSomebodySaves } from '../test/tracker/torture/concurrency.ts';
import { fillToEveryHeight, smallDisk } from '../test/tracker/torture/full-disk.ts';
import { killAgainAndAgain } from '../test/tracker/torture/kills.ts';
import { aStory, live } from '../test/tracker/torture/model/steps.ts';
import { recordAt, sheetText } from '../test/tracker/torture/sheet.ts';
import { workersWholeStory } from '../test/workers/chaos/whole-story.ts';
import { longBlock, longPlaylist } from '../test/workflow/torture/long-forms.ts';
import { randomFrom } from './tracker/sample-csv.ts';

/**
 * `npm run torture`: what the ordinary tests do, for as long as it takes to be sure. The seed of a failure, given again, repeats
 * the decisions; what the machine does in between it cannot repeat.
 */
const USAGE = `Usage: npm run torture -- [kills] [concurrency] [model] [disk] [duplicate]
                              [transfers] [answers] [google] [virus-page] [playlist] [blocked]
                              [workers] [options]

  kills        processes killed while they report, at 20,000 rows
  concurrency  8 processes, 2,000 reports, somebody who saves all the while
  model        random stories against a model of the rules, with real kills
  disk         a disk that is full at every step (where a file system may be mounted)
  duplicate    a million rows, the last with the row_id of another
  transfers    500 files from a server that does everything wrong, to a client that is killed
  answers      random stories of what a host answers, byte by byte, against what may be made of it
  google       the same for Google's pages and its API
  virus-page   2 GiB from behind the page of the virus scan, with a kill in the middle
  playlist     300 videos, 20 of them dead, five runs killed on the way
  blocked      a bot check that begins after 50 of 200 videos and ends during the run
  workers      4 workers and 2,000 files, undisturbed, then killed and stopped beyond their leases while PostgreSQL crashes twice

  --kills 1000 --stories 2000 --rounds 3 (of concurrency) --files 500 --transfer-kills 25 --items 2000 (of workers) --seed N
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kills: { type: 'string', default: '1000' },
    stories: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '3' },
    files: { type: 'string', default: '500' },
    'transfer-kills': { type: 'string', default: '25' },
    items: { type: 'string', default: '2000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    help: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const say = (text: string) => process.stdout.write(`${text}\n`);

const TORTURES: Readonly<Record<string, (folder: string) => Promise<unknown>>> = {
  kills: (folder) =>
    killAgainAndAgain({
      folder,
      kills: Number(values.kills),
      rows: 20_000,
      seed,
      onRound: (round) => {
        if (round % 50 === 0) say(`  ${round} kills`);
      },
    }),
  concurrency: async (folder) => {
    const rounds = [];
    for (let round = 0; round < Number(values.rounds); round++) {
      const own = await mkdtemp(join(folder, 'round-'));
      rounds.push(
        await reportWhileSomebodySaves({
          folder: own,
          processes: 8,
          updatesEach: 250,
          rows: 5000,
          editorPause: 1500,
          limitMs: 600_000,
        }),
      );
    }
    return rounds;
  },
  model: async (folder) => {
    let told = 0;
    const stories = fc.asyncProperty(aStory(true), async (story) => {
      if (told++ % 100 === 0) say(`  ${told - 1} stories`);
      const own = await mkdtemp(join(folder, 'story-'));
      await live(story, join(own, 'people.csv'));
      await rm(own, { recursive: true });
    });
    await fc.assert(stories, { numRuns: Number(values.stories), seed });
    return { stories: Number(values.stories) };
  },
  disk: async (folder) => {
    const disk = smallDisk(folder);
    if (disk === null) return 'left out: this user may not mount a file system';
    return Object.fromEntries(await fillToEveryHeight(folder, disk, 60));
  },
  transfers: async (folder) => {
    const met = await tortureTransfers({
      folder,
      files: Number(values.files),
      kills: Number(values['transfer-kills']),
      seed,
    });
    if (met.needless.length > 0) throw new Error(`sent again without need:\n${met.needless.join('\n')}`);
    return met;
  },
  answers: (folder) => fuzzed(fuzzAnswers, folder),
  google: (folder) => fuzzed(fuzzGoogle, folder),
  'virus-page': (folder) => fetchLargeWithKill(folder, 2 ** 31),
  workers: (folder) => workersWholeStory({ folder, items: Number(values.items), random: randomFrom(seed) }),
  playlist: longPlaylist,
  blocked: longBlock,
  duplicate: async (folder) => {
    const csv = join(folder, 'people.csv');
    const rows = 1_000_000;
    await writeFile(csv, `${sheetText(rows)}${recordAt(77)}\r\n`);
    const took: Record<string, string> = {};
    for (const call of [getDownloadStatusSummary, ensureTrackingColumns]) {
      const began = performance.now();
      const message = await call(csv).then(
        () => 'nothing was said',
        (error: unknown) => String(error),
      );
      if (!message.includes('p77')) throw new Error(`the duplicate was not found: ${message}`);
      took[call.name] = `${message.replace(folder, '')} (${Math.round(performance.now() - began)} ms)`;
    }
    return took;
  },
};

async function fuzzed(fuzz: typeof fuzzAnswers, folder: string): Promise<unknown> {
  let told = 0;
  const onStory = () => {
    if (++told % 200 === 0) say(`  ${told} stories`);
  };
  await fuzz(folder, { stories: Number(values.stories), seed, onStory });
  return { stories: told };
}

if (values.help) say(USAGE);
else {
  const chosen = positionals.length > 0 ? positionals : Object.keys(TORTURES);
  for (const name of chosen) {
    const torture = TORTURES[name];
    if (torture === undefined) throw new Error(`there is no '${name}'\n${USAGE}`);
    say(`${name}, seed ${seed}`);
    const folder = await mkdtemp(join(tmpdir(), 'rowtrail-torture-'));
    const began = performance.now();
    const found = await torture(folder);
    // Only when all went well: what a failure left is worth a look.
    await rm(folder, { recursive: true, force: true });
    say(`  ${JSON.stringify(found, null, 2).replaceAll('\n', '\n  ')}`);
    say(`  passed in ${Math.round((performance.now() - began) / 1000)} s`);
  }
}

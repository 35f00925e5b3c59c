import { setTimeout as sleep } from 'node:timers/promises';
import { runWorkflow } from '../../../../src/index.ts';

/**
 * One run of the torture, to be killed: `node run-client.ts <csv> <folder>`. Its clock goes fast where it would wait, so that
 * pauses of minutes take no time. Prints what is not completed.
 */
const [csv = '', driveDir = ''] = process.argv.slice(2);
const LONGEST_WAIT_MS = 20;
let ahead = 0;

const summary = await runWorkflow(csv, {
  driveDir,
  skipYoutube: true,
  allowDirectLinks: true,
  concurrency: 16,
  pace: 'off',
  retryAttempts: 1_000_000,
  maxWait: 1e12,
  clock: {
    now: () => Date.now() + ahead,
    sleep: async (milliseconds, signal) => {
      await sleep(Math.min(milliseconds, LONGEST_WAIT_MS), undefined, signal ? { signal } : {});
      ahead += Math.max(0, milliseconds - LONGEST_WAIT_MS);
    },
  },
});
process.stdout.write(`${JSON.stringify(summary.drive)}\n`);

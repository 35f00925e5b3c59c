import { join } from 'node:path';
import { benchCustody, benchVerify } from './custody/bench-custody.ts';
import { benchDashboard } from './dashboard/bench-dashboard.ts';
import { DASHBOARD_USAGE, readDashboardOptions } from './dashboard/options.ts';
import { benchDrive } from './drive/bench-drive.ts';
import { DRIVE_USAGE, readDriveOptions } from './drive/options.ts';
import { benchTracker } from './tracker/bench-tracker.ts';
import { readProfileOptions, readTrackerOptions, USAGE } from './tracker/options.ts';
import { profileProbe } from './tracker/profile.ts';
import { benchWorkers } from './workers/bench-workers.ts';
import { readWorkersOptions, WORKERS_USAGE } from './workers/options.ts';
import { benchYoutube, YOUTUBE_USAGE } from './youtube/bench-youtube.ts';

const root = join(import.meta.dirname, '..');
const [command, ...args] = process.argv.slice(2);

// Ctrl-C ends the measuring process, whose failure then clears the temporary folder.
process.on('SIGINT', () => {
  process.exitCode = 130;
});

if (command === 'tracker') await benchTracker(root, readTrackerOptions(args, root));
else if (command === 'custody') await measureCustody(args);
else if (command === 'drive') await benchDrive(root, readDriveOptions(args));
else if (command === 'dashboard') await benchDashboard(root, readDashboardOptions(args));
else if (command === 'youtube') await benchYoutube(root, args);
else if (command === 'workers') await benchWorkers(root, readWorkersOptions(args));
else if (command === 'profile') process.stdout.write(await profileProbe(root, readProfileOptions(args)));
else {
  process.stderr.write(
    `${USAGE}\n\n${DRIVE_USAGE}\n\n${YOUTUBE_USAGE}\n\n${DASHBOARD_USAGE}\n\n${WORKERS_USAGE}\n\nnpm run bench -- custody [--quick] [--verify ROWS]\n`,
  );
  process.exitCode = 2;
}

async function measureCustody(given: readonly string[]): Promise<void> {
  const at = given.indexOf('--verify');
  if (at < 0) return benchCustody(root, { quick: given.includes('--quick') });
  const rows = Number(given[at + 1]);
  if (!Number.isSafeInteger(rows) || rows < 1) throw new Error('--verify wants a number of rows');
  return benchVerify(root, rows);
}

import type { CliCommand } from '../command.ts';
import { adopt } from './adopt.ts';
import { alerts } from './alerts.ts';
import { clean } from './clean.ts';
import { completion } from './completion.ts';
import { csvTracker } from './csv-tracker.ts';
import { demo } from './demo.ts';
import { doctor } from './doctor.ts';
import { errorHandling } from './error-handling.ts';
import { failed } from './failed.ts';
import { find } from './find.ts';
import { forget } from './forget.ts';
import { init } from './init.ts';
import { metrics } from './metrics.ts';
import { monitoring } from './monitoring.ts';
import { pending } from './pending.ts';
import { plan } from './plan.ts';
import { report } from './report.ts';
import { reset } from './reset.ts';
import { retry } from './retry.ts';
import { run } from './run.ts';
import { serve } from './serve.ts';
import { setup } from './setup.ts';
import { status } from './status.ts';
import { verify } from './verify.ts';
import { why } from './why.ts';
import { worker } from './worker.ts';

/** A part of the list of commands, with its heading. */
interface CommandGroup {
  readonly heading: string;
  readonly commands: readonly CliCommand[];
}

/** Every command, in the order in which help shows them. */
export const COMMAND_GROUPS: readonly CommandGroup[] = [
  { heading: 'Work:', commands: [init, plan, run, worker, retry, reset] },
  { heading: 'Look:', commands: [status, pending, failed, find, why] },
  { heading: 'The files:', commands: [verify, adopt, forget, clean] },
  { heading: 'Watch over it:', commands: [serve, report, metrics, alerts] },
  { heading: 'This machine:', commands: [demo, doctor, setup, completion] },
  { heading: 'The same by flags:', commands: [csvTracker, monitoring, errorHandling] },
];

export const COMMANDS: readonly CliCommand[] = COMMAND_GROUPS.flatMap(({ commands }) => commands);

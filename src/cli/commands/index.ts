import type { CliCommand } from '../command.ts';
import { demo } from './demo.ts';
import { doctor } from './doctor.ts';
import { failed } from './failed.ts';
import { find } from './find.ts';
import { pending } from './pending.ts';
import { plan } from './plan.ts';
import { reset } from './reset.ts';
import { run } from './run.ts';
import { status } from './status.ts';

/** Every command, in the order in which help shows them. */
export const COMMANDS: readonly CliCommand[] = [
  run,
  plan,
  status,
  pending,
  failed,
  reset,
  find,
  doctor,
  demo,
];

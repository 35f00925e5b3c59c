import { randomUUID } from 'node:crypto';
import { type ErrorContext, ErrorSeverity, RowtrailError, toErrorContext } from '../../errors/index.ts';
import { checkEnvironment, type EnvironmentCheck } from './check-environment.ts';
import type { WorkflowOptions } from '../options.ts';

export interface EnvironmentOptions extends Pick<
  WorkflowOptions,
  'youtubeDir' | 'driveDir' | 'proxy' | 'caCert'
> {
  /** Where programs, proxy and certificates are looked for (default: the environment of the process). */
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly clock?: (() => Date) | undefined;
}

/**
 * Everything on this machine that would keep a run from working: download folders that cannot be made or written to, less than
 * 1 GB of free disk space, yt-dlp or ffmpeg that is missing or does not run, a Node that is too old, a proxy that cannot be
 * reached, certificates that cannot be read. A yt-dlp that has grown old is a warning. Each has the step that mends it; an empty
 * list: nothing is wrong. Changes nothing; contacts nobody but the proxy that is set.
 * @throws nothing for what is wrong with the machine
 */
export async function validateDownloadEnvironment({
  env = process.env,
  clock = () => new Date(),
  ...options
}: EnvironmentOptions = {}): Promise<ErrorContext[]> {
  const checks = await checkEnvironment(options, env, clock());
  return checks.flatMap((check) => (check.status === 'ok' ? [] : [contextOf(check, clock)]));
}

function contextOf({ name, status, found, mend, cause }: EnvironmentCheck, clock: () => Date): ErrorContext {
  const error = new RowtrailError(cause ?? 'unknown', `${name}: ${found}`);
  const context = toErrorContext(error, {}, clock, randomUUID);
  return {
    ...context,
    severity: status === 'warning' ? ErrorSeverity.WARNING : context.severity,
    nextStep: mend ?? context.nextStep,
    // It is found, not thrown: where in the program that was says nothing.
    stackTrace: null,
  };
}

import { givenOptions, RowtrailError, suggestion } from '../errors/index.ts';
import type { WorkflowOptions } from './options.ts';

/** The compiler holds it complete. */
const NAMES: Readonly<Record<keyof WorkflowOptions, true>> = {
  youtubeDir: true,
  driveDir: true,
  maxYoutube: true,
  maxDrive: true,
  skipYoutube: true,
  skipDrive: true,
  transcriptOnly: true,
  resolution: true,
  format: true,
  subLangs: true,
  transcriptFormat: true,
  limitRate: true,
  archive: true,
  concurrency: true,
  retryAttempts: true,
  includeFailed: true,
  reset: true,
  refresh: true,
  proxy: true,
  caCert: true,
  cookies: true,
  driveApiKey: true,
  googleCredentials: true,
  allowDirectLinks: true,
  allowPrivateAddresses: true,
  exportFormats: true,
  pace: true,
  maxWait: true,
  store: true,
  download: true,
  lease: true,
  columns: true,
  alerts: true,
  alertTargets: true,
  sidecarIdentity: true,
  share: true,
  signal: true,
  onEvent: true,
  clock: true,
};

/**
 * The options of a run as `givenOptions` has them, for callers without a type checker: a name that is none would silently change nothing. Pure.
 * @throws RowtrailError `usage` naming the option, and the one that was probably meant
 */
export function givenWorkflowOptions(given: WorkflowOptions | null | undefined): WorkflowOptions {
  const options = givenOptions(given);
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(NAMES, name)) continue;
    throw new RowtrailError(
      'usage',
      `there is no option "${name.slice(0, 64)}"${suggestion(name, Object.keys(NAMES))}`,
    );
  }
  return options;
}

import { resolveNetwork } from '../../sources/index.ts';
import type { EnvironmentCheck } from './check.ts';
import { checkDriveAccess } from './drive-access.ts';
import { checkDisk, checkFolder } from './folders.ts';
import { checkCertificates, checkProxy } from './network.ts';
import { checkFfmpeg, checkNode, checkYtDlp } from './programs.ts';
import { checkYoutubePuzzles } from './youtube-puzzles.ts';
import { DEFAULTS, type WorkflowOptions } from '../options.ts';

export type { EnvironmentCheck } from './check.ts';
export { installHint } from './programs.ts';

/** Looks at everything a run needs on this machine. Changes nothing; contacts nobody but the proxy that is set, and Google where a key or credentials are. */
export async function checkEnvironment(
  options: WorkflowOptions = {},
  env: NodeJS.ProcessEnv = process.env,
  now: Date = new Date(),
): Promise<EnvironmentCheck[]> {
  const folders = [options.youtubeDir ?? DEFAULTS.youtubeDir, options.driveDir ?? DEFAULTS.driveDir];
  const network = resolveNetwork({ proxy: options.proxy, caCert: options.caCert }, env);
  const checks = await Promise.all([
    checkNode(process.version, process.execPath),
    checkYtDlp(env, now),
    checkYoutubePuzzles(env, process.execPath, now),
    checkFfmpeg(env),
    ...folders.map(checkFolder),
    checkDisk(folders),
    checkProxy(network),
    checkDriveAccess(options, network),
  ]);
  return [...checks.filter((check) => check !== null), ...(await checkCertificates(network))];
}

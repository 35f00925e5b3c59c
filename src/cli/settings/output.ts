import { outputFolders, STORAGE_VARIABLES } from '../../index.ts';
import type { Settings } from './schema.ts';

/** The settings with the folders that `output` stands for; one that is given by itself keeps its place. Pure. */
export function withFolders(settings: Settings): Settings {
  if (settings.output === undefined) return settings;
  const { youtube, drive } = outputFolders(settings.output);
  return { youtube_dir: youtube, drive_dir: drive, ...settings };
}

/**
 * Puts what says how object storage is reached into the environment, where this process, its threads and the processes that it starts
 * look for it: it comes from flags and the configuration as well.
 */
export function reachStorage(settings: Settings, env: NodeJS.ProcessEnv): void {
  const values = {
    [STORAGE_VARIABLES.endpoint]: settings.s3_endpoint,
    [STORAGE_VARIABLES.region]: settings.s3_region,
    [STORAGE_VARIABLES.pathStyle]: settings.s3_path_style?.toString(),
    [STORAGE_VARIABLES.stagingDir]: settings.staging_dir,
  };
  for (const [name, value] of Object.entries(values)) if (value !== undefined) env[name] = value;
}

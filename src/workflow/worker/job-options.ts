import { z } from 'zod';
import type { DownloadJob } from '../../queue/index.ts';
import type { WorkflowOptions } from '../options.ts';

/*
 * What a run says to all workers: what its results are to be, and nothing of the machine that it runs on. Whatever is left out is the
 * default. It comes from the store, so it is read as what comes from outside.
 */

const says = z.object({
  transcriptOnly: z.boolean().optional(),
  resolution: z.number().optional(),
  format: z.enum(['mp4', 'mkv', 'webm', 'm4a', 'mp3']).optional(),
  subLangs: z.array(z.string()).optional(),
  transcriptFormat: z.enum(['vtt', 'srt', 'txt']).optional(),
  exportFormats: z.array(z.string()).optional(),
  allowDirectLinks: z.boolean().optional(),
  retryAttempts: z.number().optional(),
  includeFailed: z.boolean().optional(),
  sidecarIdentity: z.enum(['full', 'hashed', 'none']).optional(),
  share: z.boolean().optional(),
});

/** What a run says of its results. */
export type RunSays = z.output<typeof says>;

const schema = z.object({
  run: says.default({}),
  /** Attempts that the run has lost at it. */
  tries: z.number().default(0),
  /** So often it was put off although its host was open again by then. */
  repeats: z.number().default(0),
  /** Whether it is completed, and looked at only for what its list has got since. */
  refreshes: z.boolean().default(false),
});

export type JobOptions = z.output<typeof schema>;

/** What of a run's options concerns the results. */
export function runSays(options: WorkflowOptions): RunSays {
  return Object.fromEntries(
    Object.keys(says.shape)
      .map((name) => [name, options[name as keyof RunSays]] as const)
      .filter(([, value]) => value !== undefined),
  );
}

/** @throws where a job holds what this version does not understand */
export function jobOptions({ options }: DownloadJob): JobOptions {
  return schema.parse(options ?? {});
}

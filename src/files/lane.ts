import { join, resolve } from 'node:path';
import { type Attempt, LANE, openStaging } from './staging.ts';

/**
 * A staging folder that all small files of this process share on their way into one download folder: a folder for each
 * would cost more than the files. What a crash leaves in it is never continued, and goes with the folder.
 */
export interface Lane {
  /** A path in it that nobody else uses; the folder is made if need be. */
  path(ending: string): Promise<string>;
  /** To be called once; the folder goes with its last user. */
  release(): Promise<void>;
}

interface Shared {
  users: number;
  opened: Promise<Attempt> | null;
  lastNumber: number;
}

const lanes = new Map<string, Shared>();

/** A place in the lane of a download folder. Whoever stores many files holds one meanwhile, so that the folder stays. */
export function holdLane(outputDir: string): Lane {
  const key = resolve(outputDir);
  const lane = lanes.get(key) ?? { users: 0, opened: null, lastNumber: 0 };
  lanes.set(key, lane);
  lane.users += 1;
  return {
    async path(ending) {
      lane.opened ??= openStaging(outputDir, LANE);
      const { dir } = await lane.opened;
      return join(dir, `${++lane.lastNumber}${ending}`);
    },
    async release() {
      lane.users -= 1;
      if (lane.users > 0) return;
      if (lanes.get(key) === lane) lanes.delete(key);
      // What kept it from being opened was told to whoever asked for a path.
      const attempt = await lane.opened?.catch(() => null);
      await attempt?.discard();
    },
  };
}

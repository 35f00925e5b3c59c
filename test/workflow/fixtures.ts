import { dirname, join } from 'node:path';
import type { Internet } from '../../src/demo/internet/index.ts';
import type { Clock } from '../../src/hosts/index.ts';
import { type RunEvent, runWorkflow, type WorkflowOptions } from '../../src/index.ts';

export const video = (id: string) => `https://youtu.be/${id}`;
export const file = (id: string) => `https://drive.google.com/file/d/${id}/view`;

/** Runs the workflow on a CSV of its own folder, with everything that it told. */
export async function workOn(internet: Internet, csv: string, options: WorkflowOptions = {}) {
  const events: RunEvent[] = [];
  const folder = dirname(csv);
  const asked = internet.requests.length;
  const summary = await runWorkflow(csv, {
    youtubeDir: join(folder, 'youtube_downloads'),
    driveDir: join(folder, 'drive_downloads'),
    proxy: internet.proxyUrl,
    caCert: internet.caCertFile,
    pace: 'off',
    ...options,
    onEvent: (event) => {
      events.push(event);
      options.onEvent?.(event);
    },
  });
  return { summary, events, folder, requests: internet.requests.slice(asked) };
}

/** A clock that sleeps through every wait at once. */
export function hurriedClock(): Clock & { slept: number[] } {
  let ahead = 0;
  const slept: number[] = [];
  return {
    slept,
    now: () => Date.now() + ahead,
    sleep: async (milliseconds, signal) => {
      signal?.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 20));
      signal?.throwIfAborted();
      slept.push(milliseconds);
      ahead += milliseconds;
    },
  };
}

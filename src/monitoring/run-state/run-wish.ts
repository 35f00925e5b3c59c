import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { readJson, replaceFile } from './run-note.ts';

const FORMAT = 1;
const schema = z.object({
  format: z.literal(FORMAT),
  runId: z.string(),
  wish: z.enum(['run', 'pause', 'stop']),
});

/** What a run is asked for from outside: to go on, to begin no new download, or to end. */
export type RunWish = z.output<typeof schema>['wish'];

/** Leaves a wish for one run: the next one begins without it. @throws Error where it cannot be written */
export async function writeRunWish(file: string, runId: string, wish: RunWish): Promise<void> {
  await replaceFile(file, `${JSON.stringify({ format: FORMAT, runId, wish })}\n`);
}

/** What this run is asked for. What cannot be read, or was meant for another run, asks for nothing. */
export async function readRunWish(file: string, runId: string): Promise<RunWish> {
  const parsed = schema.safeParse(await readJson(file));
  return parsed.success && parsed.data.runId === runId ? parsed.data.wish : 'run';
}

export async function removeRunWish(file: string): Promise<void> {
  await rm(file, { force: true });
}

import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { fileError } from '../errors/index.ts';
import type { HostPause } from './hosts.ts';

const FORMAT = 1;
const time = z.iso.datetime().transform((text) => new Date(text));
const schema = z.object({
  format: z.literal(FORMAT),
  pauses: z.array(
    z.object({
      host: z.string(),
      reason: z.enum(['refused', 'unreachable']),
      cause: z.string(),
      message: z.string(),
      next_step: z.string(),
      since: time,
      until: time,
      waits: z.boolean(),
    }),
  ),
});

/**
 * Notes which hosts are paused, for whoever asks how things stand; nothing is decided by it, and a new run tries at once. It is
 * replaced in one step; a loss of power may take it back.
 * @throws RowtrailError where the file cannot be written
 */
export async function writePauses(file: string, pauses: readonly HostPause[]): Promise<void> {
  const plain = pauses.map(({ host, reason, cause, message, nextStep, since, until, waits }) => ({
    host,
    reason,
    cause,
    message,
    next_step: nextStep,
    since: since.toISOString(),
    until: until.toISOString(),
    waits,
  }));
  try {
    if (pauses.length === 0) {
      await rm(file, { force: true });
      return;
    }
    await mkdir(dirname(file), { recursive: true });
    await writeFile(`${file}.new`, `${JSON.stringify({ format: FORMAT, pauses: plain })}\n`);
    await rename(`${file}.new`, file);
  } catch (error) {
    throw fileError(error, 'the pauses of hosts could not be noted', { file });
  }
}

/** The pauses that are not over. What cannot be read counts as none: it is for display only. @param now milliseconds since 1970 */
export async function readPauses(file: string, now: number): Promise<readonly HostPause[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    return [];
  }
  const parsed = schema.safeParse(parsedJson(text));
  if (!parsed.success) return [];
  return parsed.data.pauses
    .map(({ next_step: nextStep, ...pause }) => ({ ...pause, nextStep }))
    .filter(({ until }) => until.getTime() > now);
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

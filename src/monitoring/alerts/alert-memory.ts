import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { fileError } from '../../errors/index.ts';
import { ALERT_SEVERITIES, COMPARISONS } from './condition.ts';
import type { AlertMemory } from './alert-events.ts';
import { isAlertMetric } from './metric-table.ts';

const FORMAT = 1;

const schema = z.object({
  format: z.literal(FORMAT),
  alerts: z.record(
    z.string(),
    z.object({
      alert: z.object({
        name: z.string(),
        severity: z.enum(ALERT_SEVERITIES),
        message: z.string(),
        metric: z.string().refine(isAlertMetric),
        value: z.number(),
        comparison: z.enum(COMPARISONS),
        threshold: z.number(),
        since: z.string(),
        timestamp: z.string(),
        nextStep: z.string(),
      }),
      active: z.boolean(),
      endedAt: z.string().nullable(),
      told: z.array(z.string()),
      failures: z.number(),
    }),
  ),
});

/** @param folder the CSV's own folder, beside its ledger */
export function alertMemoryFile(folder: string): string {
  return join(folder, 'alerts.json');
}

/** Which alerts went on when somebody was last told; nothing where the file is missing or cannot be understood. */
export async function readAlertMemory(file: string): Promise<AlertMemory> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8'))).alerts;
  } catch {
    return {};
  }
}

/**
 * Replaces the file in one step: a crash leaves the old one or the new one. A loss of power may take the new one, then
 * somebody is told twice.
 * @throws RowtrailError disk_full, access_denied, ...
 */
export async function writeAlertMemory(file: string, alerts: AlertMemory): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, `${JSON.stringify({ format: FORMAT, alerts }, null, 2)}\n`);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw fileError(error, 'cannot keep which alerts were delivered', { file });
  }
}

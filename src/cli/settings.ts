import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { RowtrailError } from '../index.ts';

/** The file in the working directory that settings are read from. */
export const CONFIG_FILE = 'rowtrail.config.yaml';
const ENV_PREFIX = 'ROWTRAIL_';
/** Names of the environment that are no settings: where the tools are. */
const OTHER_ENV_NAMES = new Set(['ROWTRAIL_YT_DLP', 'ROWTRAIL_FFMPEG']);

const flag = z.union([z.boolean(), z.stringbool()]);
const count = z.coerce.number().int().nonnegative();

/** `10m`, `90s`, `1h`, `0`: as milliseconds. */
const duration = z.union([z.number(), z.string()]).transform((value, context) => {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)?$/.exec(String(value).trim());
  const unit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[match?.[2] ?? 's'];
  if (match?.[1] === undefined || unit === undefined) {
    context.addIssue({ code: 'custom', message: 'expected a time such as 90s, 10m or 1h' });
    return z.NEVER;
  }
  return Number(match[1]) * unit;
});

const resolution = z.union([z.number(), z.string()]).transform((value, context) => {
  const match = /^(\d{2,5})p?$/.exec(String(value).trim());
  if (match?.[1] === undefined) {
    context.addIssue({ code: 'custom', message: 'expected a height such as 720' });
    return z.NEVER;
  }
  return Number(match[1]);
});

const format = z.enum(['mp4', 'mkv', 'webm', 'm4a', 'mp3']);

/** Every setting, whichever of flag, environment or file it comes from. */
const schema = z.strictObject({
  csv: z.string().optional(),
  youtube_dir: z.string().optional(),
  drive_dir: z.string().optional(),
  max_youtube: count.optional(),
  max_drive: count.optional(),
  skip_youtube: flag.optional(),
  skip_drive: flag.optional(),
  transcript_only: flag.optional(),
  resolution: resolution.optional(),
  format: format.optional(),
  concurrency: z.coerce.number().int().min(1).max(64).optional(),
  retry_attempts: z.coerce.number().int().min(1).optional(),
  include_failed: flag.optional(),
  proxy: z.url({ protocol: /^https?$/, error: 'expected an address such as http://proxy:3128' }).optional(),
  ca_cert: z.string().optional(),
  cookies: z.string().optional(),
  pace: z.enum(['polite', 'off']).optional(),
  max_wait: duration.optional(),
  columns: z
    .strictObject({
      row_id: z.string().optional(),
      name: z.string().optional(),
      email: z.string().optional(),
      type: z.string().optional(),
      youtube: z.string().optional(),
      drive: z.string().optional(),
    })
    .optional(),
});

export type Settings = z.output<typeof schema>;
export type SettingName = keyof Settings;

/**
 * The settings in force: flags over `ROWTRAIL_*` over rowtrail.config.yaml.
 * @param flags as given on the command line, by setting name; undefined where not given.
 * @returns the settings, and warnings about names that mean nothing.
 * @throws RowtrailError `usage` naming the flag, variable or key whose value is wrong.
 */
export async function loadSettings(
  flags: Readonly<Record<string, unknown>>,
  env: NodeJS.ProcessEnv,
  cwd: string,
): Promise<{ readonly settings: Settings; readonly warnings: readonly string[] }> {
  const warnings: string[] = [];
  const fromFile = await readConfigFile(join(cwd, CONFIG_FILE));
  const fromEnv: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith(ENV_PREFIX) || OTHER_ENV_NAMES.has(name) || value === undefined) continue;
    const key = name.slice(ENV_PREFIX.length).toLowerCase();
    if (key !== 'columns' && Object.hasOwn(schema.shape, key)) fromEnv[key] = value;
    else warnings.push(`the environment variable ${name} means nothing to rowtrail`);
  }
  const given = Object.fromEntries(
    Object.entries(flags).filter(([key, value]) => value !== undefined && Object.hasOwn(schema.shape, key)),
  );
  const settings = {
    ...check(fromFile, (key) => `${CONFIG_FILE}: ${key}`),
    ...check(fromEnv, (key) => `${ENV_PREFIX}${key.toUpperCase()}`),
    ...check(given, (key) => `--${key.replaceAll('_', '-')}`),
  };
  return { settings, warnings };
}

function check(values: unknown, nameOf: (key: string) => string): Settings {
  const parsed = schema.safeParse(values);
  if (parsed.success)
    return Object.fromEntries(Object.entries(parsed.data).filter(([, value]) => value !== undefined));
  const [issue] = parsed.error.issues;
  const place = issue?.path.join('.') ?? '';
  const key = issue?.code === 'unrecognized_keys' ? (issue.keys[0] ?? place) : place;
  throw new RowtrailError('usage', `${nameOf(key)}: ${issue?.message ?? 'not usable'}`);
}

async function readConfigFile(path: string): Promise<unknown> {
  try {
    return parseYaml(await readFile(path, 'utf8')) ?? {};
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    if (error instanceof Error && error.name.startsWith('YAML')) {
      throw new RowtrailError('usage', `not valid YAML: ${error.message}`, { file: path, error });
    }
    throw new RowtrailError('usage', 'the configuration cannot be read', { file: path, error });
  }
}

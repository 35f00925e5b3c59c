import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse as parseYaml, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { RowtrailError } from '../index.ts';

/** The file in the working directory that settings are read from. */
export const CONFIG_FILE = 'rowtrail.config.yaml';
const ENV_PREFIX = 'ROWTRAIL_';
/** Names of the environment that are no settings: where the tools are. */
const OTHER_ENV_NAMES = new Set(['ROWTRAIL_YT_DLP', 'ROWTRAIL_FFMPEG']);

const flag = z.union([z.boolean(), z.stringbool()], { error: 'expected true or false' });
const text = z.string({ error: 'expected text' }).min(1, 'it is empty');

const MANY = Number.MAX_SAFE_INTEGER;

/** A whole number, as a number of the file or as digits of a flag. */
const whole = (least: number, most: number) =>
  z.union([z.number(), z.string()], { error: 'expected a whole number' }).transform((value, context) => {
    const number = /^\d{1,15}$/.test(String(value).trim()) ? Number(value) : NaN;
    if (number >= least && number <= most) return number;
    const range = most < MANY ? `from ${least} to ${most}` : least > 0 ? `from ${least} up` : '';
    context.addIssue({ code: 'custom', message: `expected a whole number ${range}`.trimEnd() });
    return z.NEVER;
  });
const count = whole(0, MANY);

/** `10m`, `90s`, `1h`, `0`: as milliseconds. */
const duration = z
  .union([z.number(), z.string()], { error: 'expected a time' })
  .transform((value, context) => {
    const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)?$/.exec(String(value).trim());
    const unit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[match?.[2] ?? 's'];
    if (match?.[1] === undefined || unit === undefined) {
      context.addIssue({ code: 'custom', message: 'expected a time such as 90s, 10m or 1h' });
      return z.NEVER;
    }
    return Number(match[1]) * unit;
  });

const resolution = z
  .union([z.number(), z.string()], { error: 'expected a height' })
  .transform((value, context) => {
    const match = /^(\d{2,5})p?$/.exec(String(value).trim());
    if (match?.[1] === undefined) {
      context.addIssue({ code: 'custom', message: 'expected a height such as 720' });
      return z.NEVER;
    }
    return Number(match[1]);
  });

const oneOf = <const Names extends readonly string[]>(names: Names) =>
  z.enum(names, { error: `expected ${names.slice(0, -1).join(', ')} or ${names.at(-1)}` });

const columnNames = {
  row_id: text.optional(),
  name: text.optional(),
  email: text.optional(),
  type: text.optional(),
  youtube: text.optional(),
  drive: text.optional(),
};

function columnsError({ code }: { readonly code?: string }): string | undefined {
  return code === 'invalid_type' ? 'expected names such as {row_id: id, youtube: video_url}' : undefined;
}

/** Every setting, whichever of flag, environment or file it comes from. */
const schema = z.strictObject({
  csv: text.optional(),
  youtube_dir: text.optional(),
  drive_dir: text.optional(),
  max_youtube: count.optional(),
  max_drive: count.optional(),
  skip_youtube: flag.optional(),
  skip_drive: flag.optional(),
  transcript_only: flag.optional(),
  resolution: resolution.optional(),
  format: oneOf(['mp4', 'mkv', 'webm', 'm4a', 'mp3']).optional(),
  concurrency: whole(1, 64).optional(),
  retry_attempts: whole(1, MANY).optional(),
  include_failed: flag.optional(),
  proxy: z.url({ protocol: /^https?$/, error: 'expected an address such as http://proxy:3128' }).optional(),
  ca_cert: text.optional(),
  cookies: text.optional(),
  pace: oneOf(['polite', 'off']).optional(),
  max_wait: duration.optional(),
  columns: z.strictObject(columnNames, { error: columnsError }).optional(),
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
    if (!name.startsWith(ENV_PREFIX) || OTHER_ENV_NAMES.has(name) || !value) continue;
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

/** Settings of one place. A value that is left empty is one that is not set. */
function check(values: Readonly<Record<string, unknown>>, nameOf: (key: string) => string): Settings {
  const parsed = schema.safeParse(values);
  if (parsed.success)
    return Object.fromEntries(Object.entries(parsed.data).filter(([, value]) => value !== undefined));
  const [issue] = parsed.error.issues;
  const path = issue?.path.map(String) ?? [];
  if (issue?.code === 'unrecognized_keys') {
    const key = [...path, issue.keys[0] ?? ''].join('.');
    const names = path.length > 0 ? Object.keys(columnNames) : Object.keys(schema.shape);
    throw new RowtrailError(
      'usage',
      `${nameOf(key)}: there is no such setting; there are ${names.join(', ')}`,
    );
  }
  const value = path.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], values);
  // An address may hold a password, which is not to be repeated on a screen.
  const shown = path[0] !== 'proxy' && (typeof value === 'string' || typeof value === 'number');
  const given = shown ? ` ${JSON.stringify(value)}` : '';
  throw new RowtrailError('usage', `${nameOf(path.join('.'))}${given}: ${issue?.message ?? 'not usable'}`);
}

async function readConfigFile(path: string): Promise<Record<string, unknown>> {
  let content: unknown;
  try {
    content = parseYaml(await readFile(path, 'utf8')) ?? {};
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    if (error instanceof YAMLParseError) {
      const [at] = error.linePos ?? [];
      const [sentence = ''] = error.message.split(/ at line \d|\n/);
      const place = at === undefined ? {} : { line: at.line, column: at.col };
      throw new RowtrailError('usage', `not valid YAML: ${sentence}`, { file: CONFIG_FILE, ...place, error });
    }
    throw new RowtrailError('usage', 'the settings cannot be read', { file: CONFIG_FILE, error });
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw new RowtrailError('usage', 'expected lines such as `max_youtube: 20`', { file: CONFIG_FILE });
  return Object.fromEntries(Object.entries(content).filter(([, value]) => value !== null));
}

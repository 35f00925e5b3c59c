import { join } from 'node:path';
import type { z } from 'zod';
import { nearestName, RowtrailError, suggestion } from '../../index.ts';
import { CONFIG_FILE, type ConfigPlace, readConfigFile } from './config-file.ts';
import { ENVIRONMENT_ONLY, FILE_ONLY, namesAt, schema, SECRET, type Settings } from './schema.ts';

const ENV_PREFIX = 'ROWTRAIL_';
/** Names of the environment that are no settings: where the tools are. */
const OTHER_ENV_NAMES = new Set(['ROWTRAIL_YT_DLP', 'ROWTRAIL_FFMPEG']);

/** Which of the places a setting in force comes from. */
export type SettingOrigin = 'flag' | 'environment' | 'file';

/** One of the places that settings come from. */
interface Origin {
  /** How a person knows a setting there. */
  readonly nameOf: (key: string) => string;
  readonly placeOf?: (path: readonly PropertyKey[], what: 'key' | 'value') => ConfigPlace | null;
}

/**
 * The settings in force: flags over `ROWTRAIL_*` over rowtrail.config.yaml.
 * @param flags as given on the command line, by setting name; undefined where not given.
 * @returns the settings, and warnings about names that mean nothing.
 * @throws RowtrailError `usage` naming the flag, the variable, or the key and its line, whose value is wrong.
 */
export async function loadSettings(
  flags: Readonly<Record<string, unknown>>,
  env: NodeJS.ProcessEnv,
  cwd: string,
): Promise<{
  readonly settings: Settings;
  readonly origins: Readonly<Record<string, SettingOrigin>>;
  readonly warnings: readonly string[];
}> {
  const warnings: string[] = [];
  const file = await readConfigFile(join(cwd, CONFIG_FILE));
  refuseSecrets(file.values, file.placeOf);
  const fromEnv: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith(ENV_PREFIX) || OTHER_ENV_NAMES.has(name) || !value) continue;
    const key = name.slice(ENV_PREFIX.length).toLowerCase();
    if (!FILE_ONLY.has(key) && Object.hasOwn(schema.shape, key)) fromEnv[key] = value;
    else warnings.push(`the environment variable ${name} means nothing to rowtrail${meantVariable(key)}`);
  }
  const given = Object.fromEntries(
    Object.entries(flags).filter(([key, value]) => value !== undefined && isFlag(key)),
  );
  const places = {
    file: check(file.values, { nameOf: (key) => key, placeOf: file.placeOf }),
    environment: check(fromEnv, { nameOf: (key) => `${ENV_PREFIX}${key.toUpperCase()}` }),
    flag: check(given, { nameOf: (key) => `--${key.replaceAll('_', '-')}` }),
  };
  const origins: Record<string, SettingOrigin> = {};
  for (const origin of ['file', 'environment', 'flag'] as const)
    for (const key of Object.keys(places[origin])) origins[key] = origin;
  return { settings: { ...places.file, ...places.environment, ...places.flag }, origins, warnings };
}

/** A command's flag may have the name of a setting that no flag can give. */
function isFlag(key: string): boolean {
  return Object.hasOwn(schema.shape, key) && !FILE_ONLY.has(key) && !ENVIRONMENT_ONLY.has(key);
}

/** Settings of one place. */
function check(values: Readonly<Record<string, unknown>>, { nameOf, placeOf }: Origin): Settings {
  const parsed = schema.safeParse(values);
  if (parsed.success)
    return Object.fromEntries(Object.entries(parsed.data).filter(([, value]) => value !== undefined));
  const { issues } = parsed.error;
  // A name that is mistyped is the reason for one that is missing.
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  if (issue === undefined) throw parsed.error;
  const { path, what, sentence } = described(issue, values);
  const place = placeOf === undefined ? {} : { file: CONFIG_FILE, ...placeOf(path, what) };
  throw new RowtrailError('usage', `${nameOf(keyText(path))}${sentence}`, place);
}

function described(
  issue: z.core.$ZodIssue,
  values: Readonly<Record<string, unknown>>,
): {
  readonly path: readonly PropertyKey[];
  readonly what: 'key' | 'value';
  readonly sentence: string;
} {
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const names = namesAt(issue.path);
    return {
      path: [...issue.path, key],
      what: 'key',
      sentence: `: there is no such setting${suggestion(key, names)}`,
    };
  }
  const path = issue.path;
  const value = path.reduce<unknown>(
    (inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key],
    values,
  );
  const isShown = !SECRET.has(String(path[0])) && (typeof value === 'string' || typeof value === 'number');
  const given = isShown ? ` ${JSON.stringify(value)}` : '';
  const why = value === undefined ? `it is missing: ${issue.message}` : issue.message;
  return { path, what: 'value', sentence: `${given}: ${why}` };
}

/** `alerts[0].metric`. */
function keyText(path: readonly PropertyKey[]): string {
  return path
    .map((key, at) => (typeof key === 'number' ? `[${key}]` : `${at === 0 ? '' : '.'}${String(key)}`))
    .join('');
}

function meantVariable(key: string): string {
  const names = Object.keys(schema.shape).filter((name) => !FILE_ONLY.has(name));
  const meant = nearestName(key, names);
  return meant === null ? '' : `; did you mean ${ENV_PREFIX}${meant.toUpperCase()}?`;
}

/** A configuration file is copied and committed; secrets are not to be. */
function refuseSecrets(values: Readonly<Record<string, unknown>>, placeOf: Origin['placeOf']): void {
  for (const key of ENVIRONMENT_ONLY) {
    if (!Object.hasOwn(values, key)) continue;
    throw new RowtrailError(
      'usage',
      `${key}: a secret is no setting for this file; put it into the environment as ${ENV_PREFIX}${key.toUpperCase()}, or into a file that ${key}_file names`,
      { file: CONFIG_FILE, ...placeOf?.([key], 'key') },
    );
  }
}

import { z } from 'zod';
import { alertConditions, EXPORT_FORMATS, RowtrailError } from '../../index.ts';
import {
  languages,
  lease,
  rate,
  count,
  duration,
  flag,
  MANY,
  oneOf,
  pace,
  resolution,
  someOf,
  text,
  webAddress,
  whole,
} from './values.ts';

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

const ALERT_EXAMPLE =
  "expected a list of alerts such as {name: many_failures, metric: error_rate, comparison: '>', threshold: 0.5}";

function alertError({ code }: { readonly code?: string }): string | undefined {
  return code === 'invalid_type' ? ALERT_EXAMPLE : undefined;
}

/** One alert condition; whether it can be judged is for monitoring to say. */
const alert = z
  .strictObject(
    {
      name: text,
      metric: text,
      comparison: text,
      threshold: z.number({ error: 'expected a number' }),
      duration: duration.transform((milliseconds) => milliseconds / 1000).optional(),
      severity: text.optional(),
      message: text.optional(),
    },
    { error: alertError },
  )
  .transform(({ duration: seconds, severity, message, ...condition }) => ({
    ...condition,
    ...(seconds === undefined ? {} : { duration: seconds }),
    ...(severity === undefined ? {} : { severity }),
    ...(message === undefined ? {} : { message }),
  }));

const alerts = z.array(alert, { error: ALERT_EXAMPLE }).superRefine((given, context) => {
  for (const at of given.keys()) {
    try {
      alertConditions(given.slice(0, at + 1));
    } catch (error) {
      if (!(error instanceof RowtrailError)) throw error;
      context.addIssue({ code: 'custom', path: [at], message: error.message });
      return;
    }
  }
});

/** Every setting, whichever of flag, environment or file it comes from. */
export const schema = z.strictObject({
  csv: text.optional(),
  output: text.optional(),
  youtube_dir: text.optional(),
  drive_dir: text.optional(),
  max_youtube: count.optional(),
  max_drive: count.optional(),
  skip_youtube: flag.optional(),
  skip_drive: flag.optional(),
  transcript_only: flag.optional(),
  resolution: resolution.optional(),
  format: oneOf(['mp4', 'mkv', 'webm', 'm4a', 'mp3']).optional(),
  sub_langs: languages.optional(),
  transcript_format: oneOf(['vtt', 'srt', 'txt']).optional(),
  limit_rate: rate.optional(),
  archive: text.optional(),
  concurrency: whole(1, 64).optional(),
  retry_attempts: whole(1, MANY).optional(),
  include_failed: flag.optional(),
  proxy: webAddress('http://proxy:3128').optional(),
  ca_cert: text.optional(),
  cookies: text.optional(),
  drive_api_key: text.optional(),
  google_credentials: text.optional(),
  allow_direct_links: flag.optional(),
  allow_private_addresses: flag.optional(),
  export_formats: someOf(EXPORT_FORMATS).optional(),
  pace: pace.optional(),
  max_wait: duration.optional(),
  sidecar_identity: oneOf(['full', 'hashed', 'none']).optional(),
  share: flag.optional(),
  store: text.optional(),
  s3_endpoint: webAddress('https://minio.example:9000').optional(),
  s3_region: text.optional(),
  s3_path_style: flag.optional(),
  staging_dir: text.optional(),
  lease: lease.optional(),
  grace: duration.optional(),
  health_port: whole(0, 65_535).optional(),
  health_host: text.optional(),
  columns: z.strictObject(columnNames, { error: columnsError }).optional(),
  port: whole(0, 65_535).optional(),
  host: text.optional(),
  token: text.min(8, 'it has to have 8 characters at least').optional(),
  alerts: alerts.optional(),
  alert_webhook: webAddress('https://example.org/hook').optional(),
  alert_secret: text.optional(),
  alert_secret_file: text.optional(),
  alert_command: z
    .array(text, { error: 'expected a program and its arguments, such as [notify-send, rowtrail]' })
    .min(1, 'it is empty')
    .optional(),
});

export type Settings = z.output<typeof schema>;

/** Settings that have a structure and so no environment variable. */
export const FILE_ONLY: ReadonlySet<string> = new Set(['columns', 'alerts', 'alert_command']);
/** Settings that no file may hold which is passed around, nor a command line that others see. */
export const ENVIRONMENT_ONLY: ReadonlySet<string> = new Set(['alert_secret']);
/** Settings whose value may hold a password, which is not to be repeated on a screen. */
export const SECRET: ReadonlySet<string> = new Set([
  'proxy',
  'store',
  'drive_api_key',
  'token',
  'alert_webhook',
  'alert_secret',
]);

/** The names that may stand at a place of the settings, for one that is unknown there. */
export function namesAt(path: readonly PropertyKey[]): readonly string[] {
  if (path[0] === 'columns') return Object.keys(columnNames);
  if (path[0] === 'alerts') return Object.keys(alert.in.shape);
  return Object.keys(schema.shape);
}

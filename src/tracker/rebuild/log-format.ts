import { z } from 'zod';
import type { AttemptRecord, DownloadState, LoggedAttempt, LoggedChange } from '../../ledger/index.ts';
import { DOWNLOAD_TYPES, type DownloadType, type ItemResult } from '../../row/index.ts';

/**
 * The version of the lines below, which each of them names. A reader takes every version up to it and passes newer ones over.
 * docs/run-log-format.md describes them.
 */
const LINE_FORMAT = 1;

/** Longer texts are none that we wrote. */
const MAX_TEXT = 1 << 16;
const MAX_ITEMS = 100_000;

/** The fields of the line that tells of an attempt, so that a lost ledger can be made anew of it. @param state the download after it */
export function recordedFields(attempt: AttemptRecord, state: DownloadState): Record<string, unknown> {
  const { row, downloadType, link, generation, lease, startedAt, endedAt, items, outcome, folder } = attempt;
  const isOvertaken =
    (generation ?? state.generation) !== state.generation || (lease ?? state.lease) !== state.lease;
  return {
    row_id: row.rowId,
    format: LINE_FORMAT,
    download_type: downloadType,
    type: row.type,
    link,
    generation: generation ?? state.generation,
    attempts: state.attempts,
    ...(isOvertaken ? { overtaken: true } : {}),
    started_at: startedAt,
    ended_at: endedAt,
    status: outcome.status,
    cause: outcome.cause,
    category: outcome.category,
    message: outcome.message,
    permanent: outcome.permanent,
    not_before: outcome.notBefore,
    scope: outcome.scope,
    folder,
    items: items.map(itemFields),
  };
}

function itemFields({ mediaId, sourceUrl, metadataFile, failure, ...item }: ItemResult) {
  return {
    kind: item.kind,
    position: item.position,
    media_id: mediaId,
    title: item.title,
    source_url: sourceUrl,
    files: item.files.map(({ path, size, sha256 }) => ({ path, size, sha256 })),
    metadata_file: metadataFile,
    ...(failure === null
      ? {}
      : { cause: failure.cause, message: failure.message, not_before: failure.notBefore ?? null }),
  };
}

/** The line that tells of a generation that began without an attempt. */
export function resetLine(of: {
  readonly at: Date;
  readonly rowId: string;
  readonly rowType: string;
  readonly downloadType: DownloadType;
  readonly generation: number;
  readonly link: string | null;
}): string {
  return JSON.stringify({
    time: of.at.toISOString(),
    row_id: of.rowId,
    format: LINE_FORMAT,
    download_type: of.downloadType,
    type: of.rowType,
    link: of.link,
    generation: of.generation,
    msg: 'reset',
  });
}

/** The line that tells that a row got another row_id. */
export function renamedLine(of: { readonly at: Date; readonly from: string; readonly to: string }): string {
  return JSON.stringify({
    time: of.at.toISOString(),
    row_id: of.to,
    format: LINE_FORMAT,
    renamed_from: of.from,
    msg: 'renamed',
  });
}

const text = z.string().max(MAX_TEXT);
const name = z.string().min(1).max(MAX_TEXT);
const time = z
  .string()
  .max(40)
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d/)
  .refine((at) => !Number.isNaN(Date.parse(at)));
const cause = z.string().regex(/^[a-z_]{1,60}$/);
const count = z.number().int().nonnegative();
/** A path out of the download folder is none that we wrote. */
const path = z.string().min(1).max(4096).refine(isInside);
const of = {
  row_id: name,
  format: z.number().int().min(1).max(LINE_FORMAT),
  download_type: z.enum(DOWNLOAD_TYPES),
  type: text,
  link: text.nullable(),
  generation: count.min(1),
};

const item = z.object({
  kind: z.enum(['video', 'transcript', 'file']),
  position: count,
  media_id: text.nullable(),
  title: text.nullable(),
  source_url: text,
  files: z
    .array(z.object({ path, size: count, sha256: z.string().regex(/^(?:[0-9a-f]{64})?$/) }))
    .max(MAX_ITEMS),
  metadata_file: path.nullable(),
  cause: cause.optional(),
  message: text.default(''),
  not_before: time.nullable().optional(),
});

const recorded = z
  .object({
    msg: z.literal('recorded'),
    ...of,
    attempts: count,
    overtaken: z.boolean().default(false),
    started_at: time,
    ended_at: time,
    status: z.enum(['pending', 'completed', 'failed']),
    cause: cause.nullable(),
    category: cause.nullable(),
    message: text.nullable(),
    permanent: z.boolean(),
    not_before: time.nullable(),
    scope: z.enum(['full', 'transcript']),
    folder: text.nullable(),
    items: z.array(item).max(MAX_ITEMS),
    run_id: z.string().max(200).optional(),
  })
  .transform(toAttempt);

const reset = z.object({ msg: z.literal('reset'), time, ...of }).transform((line): LoggedChange => ({
  kind: 'reset',
  at: line.time,
  rowId: line.row_id,
  rowType: line.type,
  downloadType: line.download_type,
  generation: line.generation,
  link: line.link,
}));

const renamed = z
  .object({ msg: z.literal('renamed'), time, row_id: name, format: of.format, renamed_from: name })
  .transform((line): LoggedRename => ({
    kind: 'rename',
    at: line.time,
    from: line.renamed_from,
    to: line.row_id,
  }));

/** A row got another row_id. */
export interface LoggedRename {
  readonly kind: 'rename';
  /** ISO 8601. */
  readonly at: string;
  readonly from: string;
  readonly to: string;
}

const schemas: Readonly<Record<string, z.ZodType<LoggedChange | LoggedRename>>> = {
  recorded,
  reset,
  renamed,
};

/** The change that a line tells of; null for one that tells of none, or that none of us wrote. @param value the line's JSON */
export function changeIn(value: unknown): LoggedChange | LoggedRename | null {
  const message = z.object({ msg: z.string() }).safeParse(value).data?.msg ?? '';
  const schema = Object.hasOwn(schemas, message) ? schemas[message] : undefined;
  return schema?.safeParse(value).data ?? null;
}

function toAttempt(line: {
  readonly row_id: string;
  readonly download_type: DownloadType;
  readonly type: string;
  readonly link: string | null;
  readonly generation: number;
  readonly attempts: number;
  readonly overtaken: boolean;
  readonly started_at: string;
  readonly ended_at: string;
  readonly status: AttemptRecord['outcome']['status'];
  readonly cause: string | null;
  readonly category: string | null;
  readonly message: string | null;
  readonly permanent: boolean;
  readonly not_before: string | null;
  readonly scope: AttemptRecord['outcome']['scope'];
  readonly folder: string | null;
  readonly items: readonly z.output<typeof item>[];
  readonly run_id?: string | undefined;
}): LoggedAttempt {
  const { status, cause: why, category, message, permanent, not_before: notBefore, scope } = line;
  return {
    kind: 'attempt',
    attempts: line.attempts,
    counts: !line.overtaken,
    files: null,
    attempt: {
      row: { rowId: line.row_id, type: line.type, name: '', email: '' },
      downloadType: line.download_type,
      link: line.link,
      generation: line.generation,
      lease: null,
      startedAt: line.started_at,
      endedAt: line.ended_at,
      items: line.items.map(toItem),
      outcome: { status, cause: why, category, message, permanent, notBefore, scope },
      folder: line.folder,
      runId: line.run_id ?? null,
    },
  };
}

function toItem(line: z.output<typeof item>): ItemResult {
  const { cause: why, message, not_before: notBefore } = line;
  return {
    kind: line.kind,
    position: line.position,
    mediaId: line.media_id,
    title: line.title,
    sourceUrl: line.source_url,
    files: why === undefined ? line.files : [],
    metadataFile: line.metadata_file,
    failure:
      why === undefined
        ? null
        : { cause: why, message, ...(typeof notBefore === 'string' ? { notBefore } : {}) },
  };
}

function isInside(relative: string): boolean {
  if (relative.includes('\0') || relative.includes('\\') || relative.startsWith('/')) return false;
  return relative.split('/').every((part) => !['', '.', '..'].includes(part));
}

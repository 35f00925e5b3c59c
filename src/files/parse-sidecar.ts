import { z } from 'zod';
import { RowtrailError } from '../errors/index.ts';
import { RowContext } from '../row/index.ts';
import { downloadTypeOf, FORMAT_VERSION, type Sidecar } from './sidecar-format.ts';

const text = z.union([z.string(), z.number()]).transform(String);
const optional = <T extends z.ZodType>(schema: T) => schema.nullable().optional().catch(null).default(null);

const file = z
  .object({
    name: z.string().refine(isPlainName),
    size: z.number().int().nonnegative(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    parts_checksum: z.string().optional().catch(undefined),
  })
  .transform(({ parts_checksum: partsChecksum, ...known }) =>
    partsChecksum === undefined ? known : { ...known, partsChecksum },
  );

const schema = z.object({
  source_csv_row_id: text,
  source_csv_index: z.coerce.number().int().catch(0),
  personality_type: text.catch(''),
  person_name: text.catch(''),
  person_email: text.catch(''),
  download_timestamp: optional(z.string()),
  format_version: z.number().int().catch(0),
  kind: optional(z.enum(['video', 'transcript', 'file'])),
  media_id: optional(z.string()),
  position: optional(z.number().int()),
  source_url: optional(z.string()),
  title: optional(z.string()),
  channel: optional(z.string()),
  media_types: z.array(z.string()).catch([]),
  generation: optional(z.number().int()),
  attempt: optional(z.number().int()),
  started_at: optional(z.string()),
  source_csv: optional(z.string().refine(isPlainName)),
  requested: optional(z.string()),
  tools: z.record(z.string(), z.string()).catch({}),
  files: z.array(file).catch([]),
});

/** True for a text that is meant as a sidecar, and whose JSON is broken. */
export function isBrokenSidecar(json: string): boolean {
  return parseJson(json) === undefined;
}

/**
 * Reads a sidecar's text; null where it is none (no JSON, or without a row).
 * @param path for the message only
 * @throws RowtrailError (sidecar_newer) when a newer rowtrail wrote it
 */
export function parseSidecar(json: string, path: string): Sidecar | null {
  const parsed = schema.safeParse(parseJson(json));
  if (!parsed.success) return null;
  const data = parsed.data;
  if (data.format_version > FORMAT_VERSION) {
    throw new RowtrailError(
      'sidecar_newer',
      `The metadata file has format ${data.format_version}; this rowtrail reads up to ${FORMAT_VERSION}`,
      { file: path },
    );
  }
  return {
    row: new RowContext({
      rowId: data.source_csv_row_id,
      rowIndex: data.source_csv_index,
      type: data.personality_type,
      name: data.person_name,
      email: data.person_email,
    }),
    formatVersion: data.format_version,
    downloadTimestamp: data.download_timestamp,
    downloadType: data.kind === null ? null : downloadTypeOf(data.kind),
    kind: data.kind,
    mediaId: data.media_id,
    position: data.position,
    sourceUrl: data.source_url,
    title: data.title,
    channel: data.channel,
    mediaTypes: data.media_types,
    generation: data.generation,
    attempt: data.attempt,
    startedAt: data.started_at,
    csv: data.source_csv,
    requested: data.requested,
    tools: data.tools,
    files: data.files,
  };
}

/** A sidecar is foreign input too: a path in it would lead out of its folder. */
function isPlainName(name: string): boolean {
  return !['', '.', '..'].includes(name) && !['/', '\\', '\0'].some((char) => name.includes(char));
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

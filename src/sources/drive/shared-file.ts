import {
  type Digests,
  DigestStream,
  fileStem,
  type KnownCopy,
  type MediumTurn,
  outputAt,
} from '../../files/index.ts';
import { sidecarFacts } from '../sidecar-facts.ts';
import { exportFormatOf } from './export-formats.ts';
import type { FetchContext, FetchedFile } from './fetch-context.ts';
import { baseOf } from './names/file-name.ts';
import type { ResponseFacts } from './http/response-facts.ts';
import { type DriveTarget, viewUrl } from './links/target.ts';

type Sharing = Pick<
  FetchContext,
  | 'keeping'
  | 'row'
  | 'output'
  | 'folder'
  | 'staging'
  | 'filename'
  | 'generation'
  | 'signal'
  | 'now'
  | 'exportFormats'
  | 'metadata'
>;

/** What was asked for of a document; a file has one form only. */
export function requestedOf(
  { kind }: DriveTarget,
  { exportFormats }: Pick<Sharing, 'exportFormats'>,
): string | null {
  return exportFormatOf(kind, exportFormats);
}

/** A file's turn at its medium; null where rows fetch each its own, or the file is to have no sidecar to be known by. */
export async function takeTurn(target: DriveTarget, context: Sharing): Promise<MediumTurn | null> {
  const { keeping, row, generation, signal, metadata } = context;
  const media = keeping?.media ?? null;
  if (media === null || !metadata) return null;
  const key = { kind: 'file', mediaId: target.id, requested: requestedOf(target, context) } as const;
  return media.take(key, { rowId: row.rowId, generation }, signal);
}

/**
 * Whether what the host has is what the copy holds, as far as the answer's head says: by its checksum, else by a date that is older
 * than the copy. A size and a name alone may be those of another version.
 */
export async function isUnchanged({ folder, sidecar }: KnownCopy, facts: ResponseFacts): Promise<boolean> {
  const [file, another] = sidecar.files;
  if (file === undefined || another !== undefined) return false;
  if (facts.size !== file.size || facts.name !== sidecar.title) return false;
  if (facts.sha256 !== null) return facts.sha256 === file.sha256;
  if (facts.md5 === null && facts.crc32c === null) return isOlder(facts.lastModified, sidecar);
  const digests = await digestsOfFile(folder, file.name);
  return facts.md5 === null ? digests?.crc32c === facts.crc32c : digests?.md5 === facts.md5;
}

/** Whether the host's file was what it is before the copy was begun; both clocks are taken as they are. */
function isOlder(
  lastModified: string | null,
  { startedAt, downloadTimestamp }: KnownCopy['sidecar'],
): boolean {
  const begun = Date.parse(startedAt ?? downloadTimestamp ?? '');
  return Date.parse(lastModified ?? '') < begun;
}

async function digestsOfFile(folder: string, name: string): Promise<Digests | null> {
  const stream = new DigestStream({ md5: true, crc32c: true });
  try {
    for await (const chunk of (await outputAt(folder).read(name)) ?? []) stream.update(chunk as Buffer);
    return stream.finish();
  } catch {
    // A copy that cannot be read is none.
    return null;
  }
}

/** The row's own file from another row's copy; null where that is not whole any more. */
export async function fromCopy(
  copy: KnownCopy,
  target: DriveTarget,
  position: number,
  { keeping, row, output, folder, staging, filename, generation, signal, now }: Sharing,
): Promise<FetchedFile | null> {
  const { title, files } = copy.sidecar;
  const name = filename ?? title;
  const stored = await output.storeCopy({
    copy,
    folder,
    stagingDir: () => staging.dir(),
    row,
    stem: fileStem(target.id, row, name === null ? {} : { title: baseOf(name, files[0]?.name ?? '') }),
    own: {
      kind: 'file',
      mediaId: target.id,
      position,
      sourceUrl: viewUrl(target),
      generation,
      ...sidecarFacts(keeping),
    },
    identity: keeping?.identity,
    share: keeping?.media?.share ?? true,
    now: now(),
    signal,
  });
  return stored === null ? null : { title, ...stored };
}

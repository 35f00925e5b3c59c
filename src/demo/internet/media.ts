import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { contentOf, generatedContent, joined, type Content } from './content.ts';
import { MEDIA_FORMATS, MPEG4, type MediaFormat } from './media-formats.ts';

const run = promisify(execFile);

/** Stands in each template where a video's id goes: 11 characters, as many as an id has. */
const ID_PLACEHOLDER = 'id_of_video';

/** Which bytes are wanted. */
interface MediaRequest {
  readonly itag: number;
  /** Exactly 11 characters; it stands in the file as its comment, so that no two videos have the same bytes. */
  readonly videoId: string;
  /** Whole seconds. */
  readonly seconds: number;
  /** Bytes of filling behind the medium, which players skip. */
  readonly paddingBytes: number;
}

export interface MediaMaker {
  /** Rejects when ffmpeg is missing or fails. */
  contentOf(request: MediaRequest): Promise<Content>;
}

interface MediaMakerOptions {
  /** Where templates are kept; what stands there already is used again. Several processes may share it. */
  readonly dir: string;
  /** Name or path of ffmpeg. */
  readonly ffmpeg: string;
  /** Ends an ffmpeg that is running. */
  readonly signal: AbortSignal;
}

/** Makes small real media with ffmpeg: one template for each format and duration, at its first use. */
export function createMediaMaker(options: MediaMakerOptions): MediaMaker {
  const { dir } = options;
  const templates = new Map<string, Promise<Buffer>>();
  const runs = new Map<string, Promise<void>>();

  function template(format: MediaFormat, seconds: number): Promise<Buffer> {
    const path = join(dir, templateName(format, seconds));
    return once(templates, path, () =>
      readFile(path).catch(async () => {
        // All formats of a container come out of one run, which starts and draws the picture once.
        const { container } = format;
        await once(runs, `${container}/${seconds}`, () => encode({ ...options, container, seconds }));
        return readFile(path);
      }),
    );
  }

  return {
    async contentOf({ itag, videoId, seconds, paddingBytes }) {
      const format = MEDIA_FORMATS.find((candidate) => candidate.itag === itag);
      if (!format) throw new Error(`No medium has the itag ${itag}.`);
      const own = contentOf(withId(await template(format, seconds), videoId));
      return paddingBytes > 0 ? joined(own, padding(paddingBytes, `${videoId}/${itag}`, format)) : own;
    },
  };
}

/** One piece of work for each key; one that failed is forgotten, so that it can be tried again. */
function once<Value>(
  known: Map<string, Promise<Value>>,
  key: string,
  work: () => Promise<Value>,
): Promise<Value> {
  const going =
    known.get(key) ??
    work().catch((error: unknown) => {
      known.delete(key);
      throw error;
    });
  known.set(key, going);
  return going;
}

/** Names what the file was made with, so that a folder of an older version does no harm. */
function templateName(format: MediaFormat, seconds: number): string {
  const recipe = createHash('sha256').update(JSON.stringify(format)).digest('hex').slice(0, 8);
  return `${format.itag}-${seconds}s-${recipe}.${format.container}`;
}

function withId(template: Buffer, videoId: string): Buffer {
  const bytes = Buffer.from(template);
  for (let at = bytes.indexOf(ID_PLACEHOLDER); at >= 0; at = bytes.indexOf(ID_PLACEHOLDER, at + 1))
    bytes.write(videoId, at, ID_PLACEHOLDER.length, 'latin1');
  return bytes;
}

/** A box (MP4) or element (WebM) that means nothing: `free` and `Void`. */
function padding(size: number, seed: string, { container }: MediaFormat): Content {
  const header = Buffer.alloc(container === 'mp4' ? 8 : 9);
  if (container === 'mp4') {
    header.writeUInt32BE(size + header.length, 0);
    header.write('free', 4, 'latin1');
  } else {
    header.writeUInt8(0xec, 0);
    header.writeUInt8(0x01, 1); // an eight-byte length follows in its lower 56 bits
    header.writeUIntBE(size, 3, 6);
  }
  return joined(contentOf(header), generatedContent({ size, seed }));
}

interface Encoding extends MediaMakerOptions {
  readonly container: MediaFormat['container'];
  readonly seconds: number;
}

async function encode({ dir, ffmpeg, signal, container, seconds }: Encoding): Promise<void> {
  await mkdir(dir, { recursive: true });
  // Made beside their place and renamed, so that a template is whole or absent.
  const workshop = await mkdtemp(join(dir, '.making-'));
  try {
    const outputs = MEDIA_FORMATS.filter((format) => format.container === container).map((format) => ({
      format,
      name: templateName(format, seconds),
    }));
    const argsWith = (fallback: boolean) => [
      ...['-nostdin', '-v', 'error', '-y'],
      ...['-f', 'lavfi', '-i', `testsrc=size=1280x720:rate=10:duration=${seconds}`],
      ...['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=44100:duration=${seconds}`],
      ...outputs.flatMap(({ format, name }) => [...outputArgs(format, fallback), join(workshop, name)]),
    ];
    // Some distributions leave libx264 out; every ffmpeg has the fallback.
    await run(ffmpeg, argsWith(false), { signal }).catch((error: unknown) => {
      if (!String(error).includes('Unknown encoder')) throw error;
      return run(ffmpeg, argsWith(true), { signal });
    });
    for (const { name } of outputs) await rename(join(workshop, name), join(dir, name));
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

function outputArgs({ video, audio, container }: MediaFormat, fallback: boolean): string[] {
  const encoder = fallback && container === 'mp4' ? MPEG4 : (video?.encoder ?? []);
  return [
    ...(video ? ['-map', '0:v', '-vf', `scale=-2:${video.height}`, ...encoder] : []),
    ...(audio ? ['-map', '1:a', ...audio.encoder] : []),
    ...['-metadata', `comment=${ID_PLACEHOLDER}`],
    // WebM's checksums would no longer fit once the id is in.
    ...(container === 'mp4' ? ['-movflags', '+faststart', '-f', 'mp4'] : ['-write_crc32', '0', '-f', 'webm']),
  ];
}

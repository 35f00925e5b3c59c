import { type Box, boxAt, childrenOf } from './boxes.ts';

/** A track all of whose samples lie in the file. */
export interface Track {
  readonly kind: 'video' | 'audio' | 'other';
  /** Of its samples. */
  readonly seconds: number;
}

/** Where media data lies in the file; the end is exclusive. */
export interface Extent {
  readonly start: number;
  readonly end: number;
}

/** Of a box that has a version and flags, in front of its fields. */
const FULL_HEAD = 4;
const KINDS: Readonly<Record<string, Track['kind']>> = { vide: 'video', soun: 'audio' };

/**
 * What a track's index says, where every sample that it lists lies within the media data. Null in any other case, also where
 * the index is made in a way that is not read here. Pure.
 * @param bytes of the index
 * @param track its `trak` box
 * @param data of the file, see `Extent`
 */
export function readTrack(bytes: Buffer, track: Box, data: readonly Extent[]): Track | null {
  const media = boxAt(bytes, track, 'mdia');
  const samples = media && boxAt(bytes, media, 'minf', 'stbl');
  const handler = media && boxAt(bytes, media, 'hdlr');
  const timescale = media && timescaleOf(bytes, boxAt(bytes, media, 'mdhd'));
  if (!media || !samples || !handler || !timescale || !isSelfContained(bytes, media)) return null;
  const sizes = sizesOf(bytes, boxAt(bytes, samples, 'stsz'));
  const times = tableOf(bytes, boxAt(bytes, samples, 'stts'), 2);
  const runs = tableOf(bytes, boxAt(bytes, samples, 'stsc'), 3);
  const chunks = chunksOf(bytes, samples);
  if (sizes === null || times === null || runs === null || chunks === null) return null;
  if (!areWithin(data, { sizes, runs, chunks })) return null;
  let [timed, ticks] = [0, 0];
  for (let row = 0; row < times.rows; row += 1) {
    timed += times.at(row, 0);
    ticks += times.at(row, 0) * times.at(row, 1);
  }
  if (timed !== sizes.count) return null;
  const type = bytes.toString('latin1', handler.start + 8, handler.start + 12);
  return { kind: KINDS[type] ?? 'other', seconds: ticks / timescale };
}

function timescaleOf(bytes: Buffer, box: Box | null): number | null {
  if (box === null || box.end - box.start < 24) return null;
  return bytes.readUInt32BE(box.start + (bytes.readUInt8(box.start) === 1 ? 20 : 12));
}

/** Whether the media data lies in this file, and not in another one that it names. */
function isSelfContained(bytes: Buffer, media: Box): boolean {
  const box = boxAt(bytes, media, 'minf', 'dinf', 'dref');
  if (box === null || box.end - box.start < FULL_HEAD + 4) return false;
  const entries = childrenOf(bytes, { start: box.start + FULL_HEAD + 4, end: box.end });
  return (
    entries?.length === 1 && entries.every(({ start, end }) => end - start >= 4 && bytes[start + 3] === 1)
  );
}

interface Table {
  readonly rows: number;
  /** A field of 32 bits. */
  at(row: number, column: number): number;
}

/** A table of 32-bit fields that fills its box. */
function tableOf(bytes: Buffer, box: Box | null, columns: number, offset = FULL_HEAD): Table | null {
  if (box === null || box.end - box.start < offset + 4) return null;
  const rows = bytes.readUInt32BE(box.start + offset);
  const start = box.start + offset + 4;
  if (box.end - start !== rows * columns * 4) return null;
  return { rows, at: (row, column) => bytes.readUInt32BE(start + (row * columns + column) * 4) };
}

interface Sizes {
  readonly count: number;
  /** Bytes of the samples from one to before another. */
  sum(from: number, to: number): number;
}

function sizesOf(bytes: Buffer, box: Box | null): Sizes | null {
  if (box === null || box.end - box.start < FULL_HEAD + 8) return null;
  const same = bytes.readUInt32BE(box.start + FULL_HEAD);
  if (same > 0) {
    return {
      count: bytes.readUInt32BE(box.start + FULL_HEAD + 4),
      sum: (from, to) => (to - from) * same,
    };
  }
  const table = tableOf(bytes, box, 1, FULL_HEAD + 4);
  return (
    table && {
      count: table.rows,
      sum(from, to) {
        let bytesThere = 0;
        for (let sample = from; sample < to; sample += 1) bytesThere += table.at(sample, 0);
        return bytesThere;
      },
    }
  );
}

/** Where each chunk begins in the file. */
function chunksOf(bytes: Buffer, samples: Box): readonly number[] | null {
  const short = tableOf(bytes, boxAt(bytes, samples, 'stco'), 1);
  if (short !== null) return Array.from({ length: short.rows }, (_, row) => short.at(row, 0));
  const box = boxAt(bytes, samples, 'co64');
  const long = tableOf(bytes, box, 2);
  return long && Array.from({ length: long.rows }, (_, row) => long.at(row, 0) * 2 ** 32 + long.at(row, 1));
}

/** Whether each sample belongs to a chunk, and each chunk lies in the media data. */
function areWithin(
  data: readonly Extent[],
  {
    sizes,
    runs,
    chunks,
  }: { readonly sizes: Sizes; readonly runs: Table; readonly chunks: readonly number[] },
): boolean {
  let [run, sample] = [0, 0];
  if (sizes.count === 0 || runs.rows === 0 || runs.at(0, 0) !== 1) return false;
  for (const [index, start] of chunks.entries()) {
    if (run + 1 < runs.rows && runs.at(run + 1, 0) === index + 1) run += 1;
    const next = sample + runs.at(run, 1);
    if (next === sample || next > sizes.count) return false;
    const end = start + sizes.sum(sample, next);
    if (!data.some((extent) => extent.start <= start && end <= extent.end)) return false;
    sample = next;
  }
  return sample === sizes.count;
}

import { type FileHandle, open } from 'node:fs/promises';
import { type Box, childrenOf, LONGEST_HEAD, readHead } from './boxes.ts';
import { type Extent, readTrack, type Track } from './track.ts';

export type { Track } from './track.ts';

/** Bytes of the largest index that is read, which is done in one go: some ten hours of video have it. */
const LARGEST_INDEX = 16 << 20;
/** Boxes of a whole file, which has about five; more have those in pieces. */
const MOST_BOXES = 16;

/**
 * Reads the index of an MP4 file and compares it with the file: every sample of every track lies in it. That costs a
 * thousandth of what the start of ffprobe does. What it cannot prove, such as a file in fragments or one that is cut, is left to
 * others.
 * @param path absolute
 * @returns the tracks of a file that is proven to be whole; else null, whatever the file holds
 * @throws the system error where it cannot be read
 */
export async function readWholeMp4(path: string): Promise<readonly Track[] | null> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const boxes = await topBoxes(file, size);
    const [index, ...others] = boxes?.filter(({ type }) => type === 'moov') ?? [];
    if (boxes?.[0]?.type !== 'ftyp' || index === undefined || others.length > 0) return null;
    if (boxes.some(({ type }) => type === 'moof') || index.end - index.start > LARGEST_INDEX) return null;
    const bytes = await readAt(file, index.start, index.end - index.start);
    return readTracks(
      bytes,
      boxes.filter(({ type }) => type === 'mdat'),
    );
  } finally {
    await file.close();
  }
}

/** The boxes that fill a file to its last byte, or null. */
async function topBoxes(file: FileHandle, size: number): Promise<readonly Box[] | null> {
  const boxes: Box[] = [];
  for (let at = 0; at < size;) {
    const box = readHead(await readAt(file, at, LONGEST_HEAD), at, size);
    if (box === null || boxes.length === MOST_BOXES) return null;
    boxes.push(box);
    at = box.end;
  }
  return boxes;
}

/** Fewer bytes where the file ends before. */
async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function readTracks(bytes: Buffer, data: readonly Extent[]): readonly Track[] | null {
  const boxes = childrenOf(bytes, { start: 0, end: bytes.length });
  // `mvex` announces fragments.
  if (boxes === null || boxes.some(({ type }) => type === 'mvex')) return null;
  const tracks: Track[] = [];
  for (const box of boxes.filter(({ type }) => type === 'trak')) {
    const track = readTrack(bytes, box, data);
    if (track === null) return null;
    tracks.push(track);
  }
  return tracks;
}

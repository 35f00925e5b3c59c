/** A box of an MP4 file: its type, and where its content lies in what it was read from. */
export interface Box {
  readonly type: string;
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/** Bytes of a head with a 64-bit size, the longest there is. */
export const LONGEST_HEAD = 16;
const SHORT_HEAD = 8;
/** Stands for "the size follows in 64 bits". */
const LARGE = 1;

/**
 * Reads the head of a box; null where there is none, or none that says where it ends.
 * @param head at least 8 bytes, 16 where there are as many
 * @param at where the head lies
 * @param limit where the box has to end at the latest
 */
export function readHead(head: Buffer, at: number, limit: number): Box | null {
  if (head.length < SHORT_HEAD) return null;
  const short = head.readUInt32BE(0);
  const isLarge = short === LARGE;
  if (isLarge && head.length < LONGEST_HEAD) return null;
  const headSize = isLarge ? LONGEST_HEAD : SHORT_HEAD;
  const size = isLarge ? Number(head.readBigUInt64BE(8)) : short;
  if (size < headSize || at + size > limit) return null;
  return { type: head.toString('latin1', 4, 8), start: at + headSize, end: at + size };
}

/** The boxes inside one, in order; null where they do not fill it. */
export function childrenOf(bytes: Buffer, { start, end }: Pick<Box, 'start' | 'end'>): readonly Box[] | null {
  const boxes: Box[] = [];
  for (let at = start; at < end;) {
    const box = readHead(bytes.subarray(at, Math.min(end, at + LONGEST_HEAD)), at, end);
    if (box === null) return null;
    boxes.push(box);
    at = box.end;
  }
  return boxes;
}

/** The one box at the end of a path of types; null where one is missing or there are several. */
export function boxAt(bytes: Buffer, from: Box, ...path: readonly string[]): Box | null {
  let box = from;
  for (const type of path) {
    const [found, ...others] = (childrenOf(bytes, box) ?? []).filter((child) => child.type === type);
    if (found === undefined || others.length > 0) return null;
    box = found;
  }
  return box;
}

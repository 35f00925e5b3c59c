import { createHash } from 'node:crypto';
import { crc32c } from '../../../../src/files/digest/index.ts';

/** What is wrong with a file's host, all the time. */
export type Habit = 'none' | 'no_ranges' | 'weak_tag' | 'date_only' | 'slow';

/** A file on the hostile server; its content follows from its number and its version. */
export interface HostileFile {
  readonly number: number;
  readonly size: number;
  readonly habit: Habit;
  /** Whether it says its checksum: then even a lie can be found out. */
  readonly checksummed: boolean;
  /** Whether it becomes another one when it is first asked for a range. */
  readonly changes: boolean;
  version: number;
  /** Whether it was sent with wrong bytes: twice is final. */
  lied: boolean;
  /** Bytes that were handed to the system for it. */
  sent: number;
  /** Answers with the whole of its first version that are under way. */
  firstUnderWay: number;
  /** Whether the client had stored the first version when the file changed, or was being sent all of it: then that is right, too. */
  isFirstRight: boolean;
}

/** The bytes of a version of a file. */
export function contentOf({ number, size }: HostileFile, version: number): Buffer {
  const content = Buffer.alloc(size);
  let state = (number * 2654435761 + version * 40503 + 1) >>> 0;
  for (let at = 0; at < size; at += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    content[at] = state >>> 24;
  }
  return content;
}

export const sha256Of = (content: Buffer) => createHash('sha256').update(content).digest('hex');

export function publishedHash(content: Buffer): string {
  const crc = Buffer.alloc(4);
  crc.writeUInt32BE(crc32c(content));
  return `crc32c=${crc.toString('base64')}`;
}

/** A mix of files, a few of them large enough for several connections. */
export function hostileFiles(count: number, random: () => number): readonly HostileFile[] {
  const habits: readonly Habit[] = ['none', 'none', 'none', 'weak_tag', 'date_only', 'slow', 'no_ranges'];
  return Array.from({ length: count }, (_, number) => {
    const habit = habits[Math.floor(random() * habits.length)] ?? 'none';
    const isLarge = habit === 'slow' || random() < 0.2;
    return {
      number,
      size: Math.ceil(isLarge ? 1.5e6 + random() * 6e6 : 1 + random() * 1.2e6),
      habit,
      checksummed: random() < 0.6,
      changes: random() < 0.15,
      version: 1,
      lied: false,
      sent: 0,
      firstUnderWay: 0,
      isFirstRight: false,
    };
  });
}

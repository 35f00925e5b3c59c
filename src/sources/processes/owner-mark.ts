import { randomBytes } from 'node:crypto';

/**
 * An unguessable text that a child carries in its command line: it says which process started it, and a child that
 * prints it in front of its lines cannot be imitated by what it downloads.
 */
export function newOwnerMark(owner: number = process.pid): string {
  return `rowtrail-${owner}-${randomBytes(12).toString('hex')}:`;
}

/** The process that started the one with this command line, or null when it carries no mark. */
export function ownerOf(commandLine: string): number | null {
  const match = /\browtrail-(\d+)-[0-9a-f]{24}:/.exec(commandLine);
  return match === null ? null : Number(match[1]);
}

import type { Command } from 'commander';
import type { DownloadTypeFilter } from '../index.ts';
import { choice } from './choice.ts';
import type { CommandOptions } from './command.ts';

export const TYPES = ['both', 'youtube', 'drive'] as const;

/** `--type youtube|drive|both`, for the commands that list or reset. */
export function addTypeOption(command: Command): void {
  command.addOption(choice('--type <type>', 'youtube, drive or both (default)', TYPES).default('both'));
}

export function typeOption({ type }: CommandOptions): DownloadTypeFilter {
  return typeOf(type);
}

/** A flag's value as a type; a bare flag means both. */
export function typeOf(value: unknown): DownloadTypeFilter {
  return value === 'youtube' || value === 'drive' ? value : 'both';
}

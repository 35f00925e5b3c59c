import { type Command, Option } from 'commander';
import type { DownloadTypeFilter } from '../index.ts';
import type { CommandOptions } from './command.ts';

/** `--type youtube|drive|both`, for the commands that list or reset. */
export function addTypeOption(command: Command): void {
  command.addOption(
    new Option('--type <type>', 'youtube, drive or both')
      .choices(['both', 'youtube', 'drive'])
      .default('both'),
  );
}

export function typeOption(options: CommandOptions): DownloadTypeFilter {
  const { type } = options;
  return type === 'youtube' || type === 'drive' ? type : 'both';
}

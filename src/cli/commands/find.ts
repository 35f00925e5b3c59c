import { findFile, type FoundFile, RowtrailError } from '../../index.ts';
import { type CliCommand, ExitCode } from '../command.ts';
import { renderFound } from '../render/found.ts';
import { jsonText } from '../snake-case.ts';
import { print } from '../terminal.ts';
import { warn } from '../warn.ts';

export const find: CliCommand = {
  name: 'find',
  usesLedger: true,
  summary: 'Say whose file this is, by name, path or content',
  args: [['<file>', 'a file, or just its name']],
  examples: ['rowtrail find clip.mp4', 'rowtrail find youtube_downloads/dQw4w9WgXcQ_row007_A.mp4 --json'],
  options: (command) => {
    command.option('--csv-path <file>', 'look in the ledger of this CSV (default: all ledgers here)');
  },
  run: async ({ terminal, settings, cwd }, [file], options) => {
    const csvPath = options['csvPath'];
    if (typeof file !== 'string' || file === '') throw new RowtrailError('usage', 'name a file to look for');
    const found = await findFile(file, {
      cwd,
      folders: [settings.youtube_dir, settings.drive_dir].filter((folder) => folder !== undefined),
      ...(typeof csvPath === 'string' ? { csvPath } : {}),
      store: settings.store,
    });
    for (const note of found.notes) warn(note, terminal);
    print(terminal, options['json'] === true ? jsonText(inShort(found)) : renderFound(found, cwd, terminal));
    return found.rows.length > 0 ? ExitCode.DONE : ExitCode.FOUND;
  },
};

/** Notes where there are some; which CSV a row stands in only where that is the question. */
function inShort({ file, rows, notes }: FoundFile) {
  if (notes.length > 0) return { file, rows, notes };
  return { file, rows: rows.map(({ csv: _csv, ...row }) => row) };
}

import { join, relative } from 'node:path';
import { type CliCommand, ExitCode } from '../command.ts';
import { openRunDisplay } from '../display/run-display.ts';
import { fileTree } from '../file-tree.ts';
import { renderDemo } from '../render/demo.ts';
import { wrapText } from '../render/wrap.ts';
import { jsonText } from '../snake-case.ts';
import { print, say } from '../terminal.ts';

export const demo: CliCommand = {
  name: 'demo',
  summary: 'A whole run for a first look: the example CSV against a YouTube and a Drive on this machine',
  examples: ['rowtrail demo'],
  heedsSignal: true,
  run: async ({ terminal, signal, cwd, env }, _args, options) => {
    // Its loopback internet is loaded only here, so that every other command starts without it.
    const { runDemo } = await import('../../demo/index.ts');
    const { bold, dim } = terminal.err;
    const tell = (text: string) => say(terminal, wrapText(text, { width: terminal.width.err, indent: '  ' }));
    tell(bold('A first look: 13 rows, a YouTube and a Drive on this machine, everything else is real.'));
    const display = await openRunDisplay(terminal, { json: options['json'] === true });
    let result;
    try {
      result = await runDemo({
        cwd,
        signal,
        onEvent: display.show,
        onReady: ({ folder, proxy, caCert }) => {
          const csv = join(relative(cwd, folder), 'people.csv');
          tell(dim(`rowtrail run ${csv} --proxy ${proxy} --ca-cert ${caCert} --pace off`));
        },
      });
    } finally {
      display.close();
    }
    const { summary, folder, unexpected } = result;
    if (options['json'] === true) print(terminal, jsonText(result));
    else {
      const command = env['npm_lifecycle_event'] === 'start' ? 'npm start --' : 'rowtrail';
      print(terminal, renderDemo({ result, tree: await fileTree(folder), cwd, command }, terminal));
    }
    if (summary.interrupted) return ExitCode.INTERRUPTED;
    return unexpected.length === 0 ? ExitCode.DONE : ExitCode.ERROR;
  },
};

import { setUpTools } from '../../../scripts/setup/index.js';
import { checkEnvironment } from '../../index.ts';
import { type CliCommand, ExitCode } from '../command.ts';
import { renderChecks } from '../render/checks.ts';
import { wrapCommand, wrapText } from '../render/wrap.ts';
import { workflowOptionsOf } from '../run-options.ts';
import { jsonText } from '../snake-case.ts';
import { print, safe, say } from '../terminal.ts';

export const setup: CliCommand = {
  name: 'setup',
  summary: 'Bring what is missing of yt-dlp and ffmpeg, then check this machine',
  examples: ['rowtrail setup'],
  run: async ({ terminal, settings, env }, _args, options) => {
    const { err, out, width } = terminal;
    const { advice } = await setUpTools({
      env,
      say: (line) =>
        say(
          terminal,
          wrapText(`${err.dim('setup:')} ${safe(line)}`, { width: width.err, indent: '       ' }),
        ),
    });
    const checks = await checkEnvironment(workflowOptionsOf(settings), env);
    if (options['json'] === true) print(terminal, jsonText({ checks, advice }));
    else {
      print(terminal, renderChecks(checks, terminal));
      if (advice !== null)
        print(terminal, `\n${out.yellow('Please run:')}\n${wrapCommand(`  ${safe(advice)}`, width.out)}`);
    }
    const isReady = advice === null && checks.every(({ status }) => status !== 'problem');
    return isReady ? ExitCode.DONE : ExitCode.FOUND;
  },
};

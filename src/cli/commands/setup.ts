import { checkEnvironment, RowtrailError } from '../../index.ts';
import { type CliCommand, type CommandContext, type CommandOptions, ExitCode } from '../command.ts';
import { renderChecks } from '../render/checks.ts';
import { wrapCommand, wrapText } from '../render/wrap.ts';
import { workflowOptionsOf } from '../run-options.ts';
import { jsonText } from '../snake-case.ts';
import { print, safe, say } from '../terminal.ts';

/** Loaded by this command alone: what fetches releases takes the other commands a tenth of their start. */
const tools = () => import('../../../scripts/setup/index.js');

export const setup: CliCommand = {
  name: 'setup',
  summary: 'Bring what is missing of yt-dlp and ffmpeg, then check this machine',
  args: [['[tool]', 'yt-dlp: bring its newest release and switch to it', ['yt-dlp']]],
  examples: [
    'rowtrail setup',
    'rowtrail setup yt-dlp',
    'rowtrail setup yt-dlp --rollback',
    'rowtrail setup yt-dlp --version 2026.08.19',
  ],
  options: (command) => {
    command
      .option('--rollback', 'go back to the yt-dlp that was in use before')
      .option('--version <release>', 'this release of yt-dlp instead of the newest');
  },
  run: async (context, [tool], options) => {
    if (tool === 'yt-dlp') return changeYtDlp(context, options);
    for (const flag of ['rollback', 'version'])
      if (options[flag] !== undefined)
        throw new RowtrailError('usage', `--${flag} is for: rowtrail setup yt-dlp`);
    return bringMissing(context, options);
  },
};

async function bringMissing(context: CommandContext, options: CommandOptions): Promise<number> {
  const { terminal, settings, env } = context;
  const { out, width } = terminal;
  const { setUpTools } = await tools();
  const { advice } = await setUpTools({ env, say: (line) => tell(context, line) });
  const checks = await checkEnvironment(workflowOptionsOf(settings), env);
  if (options['json'] === true) print(terminal, jsonText({ checks, advice }));
  else {
    print(terminal, renderChecks(checks, terminal));
    if (advice !== null)
      print(terminal, `\n${out.yellow('Please run:')}\n${wrapCommand(`  ${safe(advice)}`, width.out)}`);
  }
  const isReady = advice === null && checks.every(({ status }) => status !== 'problem');
  return isReady ? ExitCode.DONE : ExitCode.FOUND;
}

/** Another release of yt-dlp, which is tried before it is put to use. */
async function changeYtDlp(context: CommandContext, options: CommandOptions): Promise<number> {
  const { terminal, env } = context;
  const { rollback, version } = options;
  if (rollback === true && version !== undefined)
    throw new RowtrailError('usage', '--rollback and --version choose different releases: give one of them');
  const { releasesInUse } = await tools();
  const { current: before } = await releasesInUse(env);
  const release = await releaseOf(
    context,
    rollback === true,
    typeof version === 'string' ? version : undefined,
  );
  const { previous } = await releasesInUse(env);
  if (options['json'] === true) print(terminal, jsonText({ before, release, previous }));
  else {
    const back = previous === null ? '' : ` Back to ${safe(previous)}: rowtrail setup yt-dlp --rollback`;
    const text = `yt-dlp ${safe(release)} is in use${before === release ? ' as before' : ''}.${back}`;
    print(terminal, wrapText(text, { width: terminal.width.out }));
  }
  const given = env['ROWTRAIL_YT_DLP'];
  if (given) tell(context, `ROWTRAIL_YT_DLP names another one, which is used instead: ${given}`);
  return ExitCode.DONE;
}

/** @returns the release that is in use now. @throws RowtrailError where what was in use before stays */
async function releaseOf(
  context: CommandContext,
  isRollback: boolean,
  version: string | undefined,
): Promise<string> {
  const { env } = context;
  const { installYtDlpRelease, rollBack } = await tools();
  try {
    if (isRollback) return await rollBack(env);
    tell(context, 'yt-dlp: fetching the official release');
    const installed = await installYtDlpRelease({ env, version });
    const { file } = installed;
    tell(
      context,
      `yt-dlp ${installed.version}: ${file === null ? 'was here already' : `${file}, SHA-256 as published, self-test passed`}`,
    );
    return installed.version;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RowtrailError('ytdlp_failed', `yt-dlp stays as it is: ${reason}`, { error });
  }
}

function tell({ terminal }: CommandContext, line: string): void {
  const { err, width } = terminal;
  say(terminal, wrapText(`${err.dim('setup:')} ${safe(line)}`, { width: width.err, indent: '       ' }));
}

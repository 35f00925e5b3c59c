import { bashCompletion } from '../completion/bash.ts';
import { fishCompletion } from '../completion/fish.ts';
import { completedCommands } from '../completion/words.ts';
import { zshCompletion } from '../completion/zsh.ts';
import { type CliCommand, ExitCode } from '../command.ts';
import { jsonText } from '../snake-case.ts';
import { print } from '../terminal.ts';

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

export const completion: CliCommand = {
  name: 'completion',
  summary: 'Print what a shell needs to complete commands, flags and files',
  args: [['<shell>', 'bash, zsh or fish', Object.keys(SHELLS)]],
  examples: ['rowtrail completion bash', 'rowtrail completion fish'],
  run: ({ terminal, program }, [shell], options) => {
    // The argument's own choices let nothing else through.
    const script = SHELLS[shell as keyof typeof SHELLS](completedCommands(program));
    print(terminal, options['json'] === true ? jsonText({ shell, script }) : script.trimEnd());
    return Promise.resolve(ExitCode.DONE);
  },
};

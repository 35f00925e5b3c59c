import type { CompletedCommand, CompletedFlag, Values } from './words.ts';

export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap(({ name, summary, flags, argument }) => {
    const inCommand = `complete -c rowtrail -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c rowtrail -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
      ...flags.map((flag) => `${inCommand} ${flagWords(flag)}`),
      ...(argument === null ? [] : [`${inCommand} -a ${quoted(offered(argument))}`]),
    ];
  });
  return `# Completion of rowtrail for fish: put this line into ~/.config/fish/config.fish:
#   rowtrail completion fish | source
complete -c rowtrail -f
${lines.join('\n')}
`;
}

function flagWords({ name, description, takesValue, values }: CompletedFlag): string {
  const long = `-l ${name.replace(/^--/, '')} -d ${quoted(description)}`;
  if (takesValue === 'no') return long;
  const required = takesValue === 'must' ? ' -x' : '';
  return values === null ? `${long}${required}` : `${long}${required} -a ${quoted(offered(values))}`;
}

function offered(values: NonNullable<Values>): string {
  switch (values.kind) {
    case 'words':
      return values.words.join(' ');
    case 'csv':
      return '(__fish_complete_suffix .csv)';
    case 'folders':
      return '(__fish_complete_directories)';
    case 'files':
      return '(__fish_complete_path)';
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}

import type { CompletedCommand, CompletedFlag, Values } from './words.ts';

/** For `_arguments`, whose specifications are single-quoted words. */
export function zshCompletion(commands: readonly CompletedCommand[]): string {
  const list = commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`);
  const cases = commands.map(({ name, flags, argument }) => {
    const specs = [
      ...flags.map((flag) => quoted(flagSpec(flag))),
      ...(argument === null ? [] : [quoted(`*:${actionOf(argument)}`)]),
    ];
    return `    ${name})\n      _arguments ${specs.join(' \\\n        ')}\n      ;;`;
  });
  return `#compdef rowtrail
# Completion of rowtrail for zsh: put this line into ~/.zshrc, behind compinit:
#   source <(rowtrail completion zsh)
_rowtrail() {
  local -a commands
  commands=(
${list.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join('\n')}
  esac
}
if [[ $funcstack[1] == _rowtrail ]]; then
  _rowtrail "$@"
else
  compdef _rowtrail rowtrail
fi
`;
}

function flagSpec({ name, description, takesValue, values }: CompletedFlag): string {
  const text = `${name}[${description.replaceAll(/[[\]\\]/g, String.raw`\$&`)}]`;
  if (takesValue === 'no') return text;
  return `${text}${takesValue === 'may' ? '::' : ':'}${actionOf(values)}`;
}

/** A message and what is offered. */
function actionOf(values: Values): string {
  if (values === null) return 'value: ';
  switch (values.kind) {
    case 'words':
      return `value:(${values.words.join(' ')})`;
    case 'csv':
      return 'csv:_files -g "*.(#i)csv"';
    case 'folders':
      return 'folder:_files -/';
    case 'files':
      return 'file:_files';
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

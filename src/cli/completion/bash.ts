import type { CompletedCommand, CompletedFlag, Values } from './words.ts';

/** Works in bash 3.2, which macOS has, too: without mapfile and associative arrays. */
export function bashCompletion(commands: readonly CompletedCommand[]): string {
  const names = [...commands.map(({ name }) => name), '--help', '--version'];
  const withValues = commands.flatMap(({ name, flags }) =>
    flags.filter(({ takesValue }) => takesValue !== 'no').map((flag) => valueCase(name, flag)),
  );
  const flags = commands.map(
    (command) =>
      `      ${command.name}) ${offer({ kind: 'words', words: command.flags.map(({ name }) => name) })} ;;`,
  );
  const args = commands
    .filter(({ argument }) => argument !== null)
    .map(({ name, argument }) => `    ${name}) ${offer(argument)} ;;`);
  return `# Completion of rowtrail for bash: put this line into ~/.bashrc:
#   source <(rowtrail completion bash)
_rowtrail() {
  local IFS=$' \\n' cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} command=\${COMP_WORDS[1]}
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    ${offer({ kind: 'words', words: names })}
    return
  fi
  case "$command $prev" in
${withValues.join('\n')}
  esac
  if [[ $cur == -* ]]; then
    case $command in
${flags.join('\n')}
    esac
    return
  fi
  case $command in
${args.join('\n')}
  esac
}
_rowtrail_files() {
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  case $1 in
    csv) COMPREPLY=($(compgen -f -X '!*.[cC][sS][vV]' -- "$2") $(compgen -d -- "$2")) ;;
    folders) COMPREPLY=($(compgen -d -- "$2")) ;;
    files) COMPREPLY=($(compgen -f -- "$2")) ;;
  esac
}
complete -F _rowtrail rowtrail
`;
}

/** A value that may be left out leaves room for the next flag. */
function valueCase(command: string, { name, takesValue, values }: CompletedFlag): string {
  const offered = values === null ? '' : `${offer(values)}; `;
  const body = takesValue === 'may' ? `[[ $cur == -* ]] || { ${offered}return; }` : `${offered}return`;
  return `    '${command} ${name}') ${body} ;;`;
}

function offer(values: Values): string {
  if (values === null) return ':';
  if (values.kind === 'words') return `COMPREPLY=($(compgen -W '${values.words.join(' ')}' -- "$cur"))`;
  return `_rowtrail_files ${values.kind} "$cur"`;
}

import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";

/** Both scripts ask drydock itself, so they never go out of date; without an answer the shell offers files. */
const SCRIPTS = {
  bash: `# drydock completion for bash
_drydock() {
  local IFS=$'\\n'
  local typed="\${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=($(drydock --complete "\${COMP_WORDS[@]:1:COMP_CWORD-1}" "$typed" 2>/dev/null | cut -f1))
  if [ \${#COMPREPLY[@]} -eq 0 ]; then
    COMPREPLY=($(compgen -f -- "$typed"))
    compopt -o filenames 2>/dev/null
  fi
}
complete -F _drydock drydock
`,
  zsh: `#compdef drydock
# drydock completion for zsh
_drydock() {
  local line
  local -a answers
  for line in "\${(@f)$(drydock --complete "\${(@)words[2,CURRENT-1]}" "\${words[CURRENT]}" 2>/dev/null)}"; do
    [ -n "$line" ] && answers+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( \${#answers} )); then
    _describe 'drydock' answers
  else
    _files
  fi
}
if [ "$funcstack[1]" = "_drydock" ]; then
  _drydock "$@"
else
  compdef _drydock drydock
fi
`,
} as const;

export function run(
  _context: CommandContext,
  args: { readonly shell: keyof typeof SCRIPTS },
): Promise<CommandResult> {
  const script = SCRIPTS[args.shell];
  return Promise.resolve({ data: { shell: args.shell, script }, text: () => script });
}

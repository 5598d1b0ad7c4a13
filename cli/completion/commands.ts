import { defineCommand } from "#cli/command-spec.ts";

export const completion = defineCommand({
  name: "completion",
  summary: "Print a script that completes commands and options with Tab",
  options: {
    shell: {
      kind: "choice",
      choices: ["bash", "zsh"],
      positional: "required",
      describe: "The shell",
    },
  },
  examples: [
    {
      command: "drydock completion bash > ~/.local/share/bash-completion/completions/drydock",
      shows: "Completion in every new bash",
    },
    {
      command: 'drydock completion zsh > "$' + '{fpath[1]}/_drydock"',
      shows: "Completion in every new zsh",
    },
  ],
  load: () => import("#cli/completion/completion-command.ts"),
});

import { defineCommand } from "#cli/command-spec.ts";

export const init = defineCommand({
  name: "init",
  summary: "Start a project: config, an example strategy and its test; never overwrites",
  options: {
    dir: {
      kind: "text",
      positional: "optional",
      default: ".",
      describe: "Folder, made when missing",
    },
    yes: { kind: "flag", alias: ["y"], describe: "Do not ask (needed without a terminal)" },
  },
  examples: [
    { command: "drydock init my-strategies", shows: "A new folder with everything to begin" },
    { command: "drydock init --yes", shows: "The same here, keeping every file that exists" },
  ],
  load: () => import("#cli/init/init-command.ts"),
});

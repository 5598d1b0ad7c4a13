import { defineCommand } from "#cli/command-spec.ts";
import { configOptions } from "#cli/config/config-flags.ts";
import { CONFIG_KEY_NAMES } from "#cli/config/keys.ts";

export const configShow = defineCommand({
  name: "config show",
  summary: "Every setting with its value and where it comes from",
  options: {
    all: { kind: "flag", alias: ["a"], describe: "Also list the settings that have no value" },
    ...configOptions(...CONFIG_KEY_NAMES),
  },
  examples: [
    { command: "drydock config show", shows: "The settings that apply in this folder" },
    { command: "drydock config show --seed 7 --json", shows: "What a flag would change, as JSON" },
  ],
  load: () => import("#cli/config/show-command.ts"),
});

export const configPath = defineCommand({
  name: "config path",
  summary: "The config file that applies here",
  options: {},
  examples: [
    { command: "drydock config path", shows: "Its full path, or a note that there is none" },
    { command: "drydock config path --cwd ../other", shows: "The same for another folder" },
  ],
  load: () => import("#cli/config/path-command.ts"),
});

export const configValidate = defineCommand({
  name: "config validate",
  summary: "Check a config file: every unknown key and wrong value with its line",
  options: {
    file: {
      kind: "text",
      positional: "optional",
      describe: "The file; default: the one that applies here",
    },
  },
  examples: [
    { command: "drydock config validate", shows: "Exit 0 when the file is right, else 3" },
    { command: "drydock config validate other.yaml --json", shows: "The problems as JSON" },
  ],
  load: () => import("#cli/config/validate-command.ts"),
});

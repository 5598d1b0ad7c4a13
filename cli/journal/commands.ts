import { defineCommand } from "#cli/command-spec.ts";
import { configOptions } from "#cli/config/config-flags.ts";

const dir = {
  kind: "text",
  positional: "optional",
  describe: "Folder of the journal; default: journal in the data directory",
} as const;

export const journalCheck = defineCommand({
  name: "journal check",
  summary: "Whether a journal is whole, and what is in it; changes nothing",
  options: { dir, ...configOptions("dataDir") },
  examples: [
    {
      command: "drydock journal check",
      shows: "Records by kind and target, segments, snapshot; exit 4 when damaged",
    },
    { command: "drydock journal check ./backup/journal --json", shows: "A copy, as JSON" },
  ],
  load: () => import("#cli/journal/check-command.ts"),
});

export const journalShow = defineCommand({
  name: "journal show",
  summary: "The records of a journal, one per line",
  options: {
    dir,
    from: { kind: "text", describe: "First record: its number, a time, or 90m before the end" },
    to: { kind: "text", describe: "Last record: its number; or a time, which is excluded" },
    kind: { kind: "list", describe: "Only records of this kind; may be repeated" },
    tail: {
      kind: "number",
      integer: true,
      min: 1,
      max: 1_000_000,
      describe: "Only so many of the last ones that match",
    },
    ...configOptions("dataDir"),
  },
  examples: [
    { command: "drydock journal show --tail 20", shows: "The last twenty records" },
    {
      command: "drydock journal show --target bybit:paper --kind step --from 2h",
      shows: "The last two hours of one target",
    },
    {
      command: "drydock journal show --from 5000 --to 5010 --jsonl",
      shows: "Eleven records exactly as they were written",
    },
  ],
  load: () => import("#cli/journal/show-command.ts"),
});

export const journalRepair = defineCommand({
  name: "journal repair",
  summary: "Cut a damaged journal before the damage; deletes nothing",
  options: {
    dir,
    yes: { kind: "flag", alias: ["y"], describe: "Do it; without this it is only shown" },
    "begin-anew": {
      kind: "flag",
      describe: "Where nothing leads to the state before the damage: take everything out",
    },
    ...configOptions("dataDir"),
  },
  examples: [
    {
      command: "drydock journal repair",
      shows: "What would be taken out; exit 9 when the journal is damaged",
    },
    { command: "drydock journal repair --yes", shows: "Takes it out and keeps it in journal/cut" },
  ],
  load: () => import("#cli/journal/repair-command.ts"),
});

import { defineCommand } from "#cli/command-spec.ts";
import { configOptions } from "#cli/config/config-flags.ts";

const run = {
  kind: "text",
  positional: "required",
  describe: "Id, unique prefix, @last, @-2 or a tag",
} as const;

export const runsLs = defineCommand({
  name: "runs ls",
  summary: "The stored runs, the newest last",
  options: {
    limit: {
      kind: "number",
      integer: true,
      min: 1,
      default: 50,
      describe: "Show so many of the newest",
    },
    ...configOptions("dataDir"),
  },
  examples: [
    { command: "drydock runs ls", shows: "Id, market, period, net, drawdown and Sharpe of each" },
    { command: "drydock runs ls --limit 5 --json", shows: "The newest five as JSON" },
  ],
  load: () => import("#cli/runs/ls-command.ts"),
});

export const runsShow = defineCommand({
  name: "runs show",
  summary: "The result of a stored run",
  options: {
    run,
    trades: { kind: "flag", describe: "List the trades instead" },
    trade: {
      kind: "number",
      integer: true,
      min: 1,
      describe: "Tell how this trade came about, step by step; does the run again",
    },
    ...configOptions("dataDir"),
  },
  examples: [
    { command: "drydock runs show @last", shows: "The tiles of the newest run again" },
    { command: "drydock runs show sma-cross-1a2b --trades", shows: "Its trades, one per line" },
    {
      command: "drydock runs show @last --trade 12",
      shows: "Decisions, orders, fills, funding and the rule behind each, of one trade",
    },
  ],
  load: () => import("#cli/runs/show-command.ts"),
});

export const runsDiff = defineCommand({
  name: "runs diff",
  summary: "What differs between two runs: configuration, data, results",
  options: {
    run,
    other: { kind: "text", positional: "required", describe: "The run to compare with" },
    ...configOptions("dataDir"),
  },
  examples: [
    { command: "drydock runs diff @-2 @last", shows: "The last two runs side by side" },
    { command: "drydock runs diff baseline @last --json", shows: "Against a tagged run, as JSON" },
  ],
  load: () => import("#cli/runs/diff-command.ts"),
});

export const runsExport = defineCommand({
  name: "runs export",
  summary: "Copy the files of a run to a folder",
  options: {
    run,
    out: {
      kind: "text",
      alias: ["o"],
      describe: "Folder to copy into; default: the run's id here",
    },
    ...configOptions("dataDir"),
  },
  examples: [
    { command: "drydock runs export @last", shows: "Report, tables and record in a new folder" },
    { command: "drydock runs export @last --out /tmp/share", shows: "The same somewhere else" },
  ],
  load: () => import("#cli/runs/export-command.ts"),
});

export const runsTag = defineCommand({
  name: "runs tag",
  summary: "Give a run a name of your own, or take it away",
  options: {
    run,
    tag: { kind: "text", positional: "required", describe: "A word without blanks" },
    remove: { kind: "flag", describe: "Take the tag away" },
    ...configOptions("dataDir"),
  },
  examples: [
    {
      command: "drydock runs tag @last baseline",
      shows: "The newest run is found as baseline from now on",
    },
    { command: "drydock runs tag baseline baseline --remove", shows: "Takes the tag away" },
  ],
  load: () => import("#cli/runs/tag-command.ts"),
});

export const runsRm = defineCommand({
  name: "runs rm",
  summary: "Delete a run and its files",
  options: {
    run,
    yes: { kind: "flag", alias: ["y"], describe: "Do not ask" },
    ...configOptions("dataDir"),
  },
  examples: [
    { command: "drydock runs rm @-3", shows: "Asks before it deletes" },
    { command: "drydock runs rm sma-cross-1a2b --yes", shows: "Deletes without a question" },
  ],
  load: () => import("#cli/runs/rm-command.ts"),
});

import { strategyOptions } from "#cli/backtest/strategy-options.ts";
import { defineCommand } from "#cli/command-spec.ts";
import { planOptions } from "#cli/sim/sim-options.ts";

const { name: _name, ...ofBacktest } = strategyOptions;
/** The seed of a run is that of its faults. */
const runOptions = Object.fromEntries(
  Object.entries(ofBacktest).filter(([name]) => name !== "seed"),
) as Omit<typeof ofBacktest, "seed">;
/** A strategy of one's own with its candles and settings, as for a backtest. */
const ownStrategy = {
  data: { kind: "text", describe: "With --strategy: synthetic, or exchange:symbol:interval" },
  ...runOptions,
} as const;

export const simRun = defineCommand({
  name: "sim run",
  summary: "Run seeds of the fault simulator and check every invariant",
  options: {
    seeds: {
      kind: "number",
      integer: true,
      min: 1,
      max: 10_000_000,
      shownDefault: "300, for a strategy 25",
      describe: "How many seeds, counted from --seed",
    },
    seed: { kind: "text", default: "1", describe: "The first seed, 64 bits as a decimal number" },
    ...planOptions,
    jobs: {
      kind: "number",
      alias: ["j"],
      integer: true,
      min: 1,
      max: 256,
      shownDefault: "one per processor",
      describe: "Threads",
    },
    single: { kind: "flag", describe: "Run each seed once, not three times" },
    nightly: {
      kind: "flag",
      describe: "As --minutes 0, and what never came up fails the batch",
    },
    out: { kind: "text", describe: "Folder for the result as JSON, text and HTML" },
    ...ownStrategy,
  },
  examples: [
    {
      command: "drydock sim run",
      shows: "Regressions, then 300 seeds of the swarm, each checked three times",
    },
    {
      command: "drydock sim run --seeds 20000 --single --jobs 8",
      shows: "Many seeds once each; a fault that never struck fails it",
    },
    {
      command: "drydock sim run --strategy ./my.ts --data synthetic --out bad-days",
      shows: "Whether a strategy survives bad days at the exchange",
    },
    {
      command: "drydock sim run --profile crash --seed 5000 --seeds 50 --json",
      shows: "Mostly crashes, as JSON",
    },
  ],
  load: () => import("#cli/sim/run-command.ts"),
});

const seedAtBuild = {
  kind: "text",
  positional: "required",
  describe: "<seed>@<build> as a failure prints it",
} as const;

export const simReplay = defineCommand({
  name: "sim replay",
  summary: "Run one seed again, to the same failure at the same record",
  options: {
    seed: seedAtBuild,
    ...planOptions,
    until: {
      kind: "number",
      integer: true,
      min: 1,
      describe: "Stop at this record of the journal",
    },
    trace: { kind: "flag", describe: "Print every record" },
    "any-build": { kind: "flag", describe: "Also when this is another build than the one named" },
    ...ownStrategy,
  },
  examples: [
    {
      command: "drydock sim replay 17@1a2b3c4d5e6f",
      shows: "The failure, with its last 40 records",
    },
    {
      command: "drydock sim replay 17@1a2b3c4d5e6f --until 4711 --trace",
      shows: "Every record up to the one where it goes wrong",
    },
  ],
  load: () => import("#cli/sim/replay-command.ts"),
});

export const simShrink = defineCommand({
  name: "sim shrink",
  summary: "Make a failing seed as small as it can be and still fail",
  options: {
    seed: seedAtBuild,
    ...planOptions,
    tries: {
      kind: "number",
      integer: true,
      min: 1,
      max: 100_000,
      default: 1_500,
      describe: "Runs at most",
    },
    "any-build": { kind: "flag", describe: "Also when this is another build than the one named" },
    out: { kind: "text", describe: "Write the test file here instead of stdout" },
  },
  examples: [
    {
      command: "drydock sim shrink 17@1a2b3c4d5e6f",
      shows: "The smallest scenario, as a test file",
    },
    {
      command: "drydock sim shrink 17@1a2b3c4d5e6f --out live/faults/ghost.test.ts",
      shows: "The same, written to a file",
    },
  ],
  load: () => import("#cli/sim/shrink-command.ts"),
});

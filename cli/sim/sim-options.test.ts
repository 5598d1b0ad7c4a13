import { expect, test } from "vitest";
import { planOf } from "#cli/sim/plan-of.ts";
import { parseSeedAtBuild, planWords, seedTerms, strategyMs } from "#cli/sim/sim-options.ts";
import { strategyWords } from "#cli/sim/strategy-words.ts";
import { seedPlan } from "#live/faults/batch/seed-plan.ts";
import { MINUTES } from "#live/faults/batch/seed-terms.ts";

const DEFAULTS = {
  profile: "swarm",
  minutes: undefined,
  order: "sched",
  canary: undefined,
} as const;

test.each([
  ["17@1a2b3c4d5e6f", { seed: "17", build: "1a2b3c4d5e6f" }],
  ["0", { seed: "0", build: null }],
  ["18446744073709551615@abcd", { seed: "18446744073709551615", build: "abcd" }],
])("%s names a seed", (text, named) => {
  expect(parseSeedAtBuild(text)).toEqual(named);
});

test.each(["", "x", "17@", "17@xyz", "@abcd", "-1", "1.5", "17@abc def"])(
  "%j names none",
  (text) => {
    expect(() => parseSeedAtBuild(text)).toThrow("names no seed of a build");
  },
);

test("what is left out of a replay command is what it takes by default", () => {
  expect(planWords(seedTerms(DEFAULTS))).toEqual([]);
  const args = { profile: "crash", minutes: 0, order: "other", canary: undefined } as const;
  expect(planWords(seedTerms(args))).toEqual([
    "--profile",
    "crash",
    "--minutes",
    "0",
    "--order",
    "other",
  ]);
  expect(planWords(seedTerms({ ...DEFAULTS, minutes: 20 }))).toEqual(["--minutes", "20"]);
  expect(planOf("9", DEFAULTS)).toEqual(
    seedPlan("9", { profile: "swarm", minutes: MINUTES, tieBreak: "sched" }),
  );
});

test("a planted bug has a plan of its own; an unknown one is told", () => {
  const plan = planOf("9", { ...DEFAULTS, canary: "rebinds-ids", order: "other" });
  expect(plan).toMatchObject({ seed: "9", tieBreak: "other" });
  expect(() => planOf("9", { ...DEFAULTS, canary: "none" })).toThrow('no planted bug "none"');
});

test("a strategy is tried for a day, for more where its candles are long", () => {
  expect(strategyMs(undefined, 60_000)).toBe(86_400_000);
  expect(strategyMs(undefined, 14_400_000)).toBe(48 * 14_400_000);
  expect(strategyMs(90, 60_000)).toBe(5_400_000);
  expect(strategyMs(0, 60_000)).toBe(Number.MAX_SAFE_INTEGER);
});

test("a replay takes over what decides the run, quoted, and nothing of the batch", () => {
  const line =
    "sim run --seeds 3 --strategy ./my.ts --seed=4 -j 2 --param a=1 --data synthetic --single --out x --minutes 60 --json";
  expect(strategyWords(line.split(" "), false)).toEqual([
    "--strategy",
    "./my.ts",
    "--param",
    "a=1",
    "--data",
    "synthetic",
    "--minutes",
    "60",
  ]);
  expect(strategyWords(["sim", "run", "--file", "my candles.csv"], false)).toEqual([
    "--file",
    "'my candles.csv'",
  ]);
  expect(
    strategyWords("sim run --minutes 5 --nightly=true --strategy grid".split(" "), true),
  ).toEqual(["--minutes", "0", "--strategy", "grid"]);
});

import * as fc from "fast-check";
import type { AgedParams } from "#engine/aged/aged-config.ts";
import type { ExitRules } from "#engine/rules/exit-rules.ts";

const pct = (max: number): fc.Arbitrary<number> =>
  fc.integer({ min: 1, max: max * 10 }).map((n) => n / 10);

/** Exit rules in the reach of a random walk of a day or two; one in three has none. */
export const exitRules: fc.Arbitrary<ExitRules> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({}) },
  {
    weight: 2,
    arbitrary: fc.record(
      {
        stopLossPct: pct(6),
        takeProfitPct: pct(6),
        roi: fc.constantFrom({ "0": 4, "120": 2, "300": 0 }, { "60": 1 }),
        trailing: fc.record({ pct: pct(4), offsetPct: pct(3), onlyAfterOffset: fc.boolean() }),
        maxBars: fc.integer({ min: 1, max: 6 }),
      },
      { requiredKeys: [] },
    ),
  },
);

/** Aged rules whose stages fit into the day and a half of a random walk; undefined is off. */
export const agedParams: fc.Arbitrary<AgedParams | undefined> = fc.option(
  fc.record({
    mode: fc.constantFrom("market" as const, "limit" as const),
    maxAgeHours: fc.constantFrom(0, 1, 3),
    graceHours: fc.constantFrom(0, 2, 8),
    lossStepPctPerHour: fc.constantFrom(0.5, 2),
    maxLossPct: fc.constantFrom(1, 10),
    accelerationAfterHours: fc.constantFrom(1, 10),
    detectEveryMinutes: fc.constantFrom(60, 180),
    closeAttempts: fc.constantFrom(1, 3),
  }),
  { nil: undefined, freq: 1 },
);

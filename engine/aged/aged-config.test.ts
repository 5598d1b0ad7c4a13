import { expect, test } from "vitest";
import { AGED_RANGES, type AgedNumber, type AgedParams, resolveAgedConfig } from "./aged-config.ts";

test("the defaults are those of the design, the fee is the venue's", () => {
  expect(resolveAgedConfig({}, 0.055)).toEqual({
    mode: "market",
    maxAgeHours: 3,
    graceHours: 8,
    lossStepPctPerHour: 0.5,
    maxLossPct: 10,
    accelerationFactor: 1.2,
    accelerationAfterHours: 10,
    takerFeePct: 0.055,
    priceBufferPct: 0.1,
    detectEveryMinutes: 60,
    closeAttempts: 3,
    closeBackoffSeconds: 5,
    emergencyAfterHours: 28,
  });
});

test("the emergency follows from grace, cap and step unless it is given", () => {
  const params = { graceHours: 2, maxLossPct: 6, lossStepPctPerHour: 1.5 };
  expect(resolveAgedConfig(params, 0).emergencyAfterHours).toBe(6);
  expect(resolveAgedConfig({ ...params, emergencyAfterHours: 9 }, 0).emergencyAfterHours).toBe(9);
  const undefinedIsAbsent = { ...params, emergencyAfterHours: undefined, mode: undefined };
  expect(resolveAgedConfig(undefinedIsAbsent, 0)).toMatchObject({
    emergencyAfterHours: 6,
    mode: "market",
  });
});

const wrong: readonly (readonly [AgedParams, string])[] = [
  [{ maxAgeHours: -1 }, 'Aged rule "maxAgeHours" is -1: it must be a number from 0 to 87600'],
  [{ graceHours: Number.NaN }, "graceHours"],
  [{ detectEveryMinutes: 0 }, "a number above 0 and at most 10080"],
  [{ closeAttempts: 1.5 }, "a whole number from 1 to 100"],
  [{ closeAttempts: 0 }, "closeAttempts"],
  [{ accelerationFactor: 0.9 }, "accelerationFactor"],
  [{ maxLossPct: 101 }, "maxLossPct"],
  [{ takerFeePct: Number.POSITIVE_INFINITY }, "takerFeePct"],
  [{ lossStepPctPerHour: 0 }, '"emergencyAfterHours" has no default'],
  [{ emergencyAfterHours: 7.9 }, "before the end of the grace after 8 hours"],
  [{ mode: "stop" as "limit" }, 'Aged rule "mode" is "stop"'],
];

test.each(wrong)("%o is refused", (params, message) => {
  let thrown: unknown;
  try {
    resolveAgedConfig(params, 0.055);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ code: "E_CONFIG" });
  expect(String(thrown)).toContain(message);
});

test.each(Object.entries(AGED_RANGES))(
  "%s is allowed up to both ends of its range",
  (name, range) => {
    const { min, max, isAbove } = range;
    const isTaken = (value: number): boolean => {
      const params = { graceHours: 0, emergencyAfterHours: 175_200, [name as AgedNumber]: value };
      try {
        return resolveAgedConfig(params, 0)[name as AgedNumber] === value;
      } catch {
        return false;
      }
    };
    expect([isTaken(max), isTaken(max + 1)]).toEqual([true, false]);
    expect([isTaken(min), isTaken(min - 1)]).toEqual([isAbove !== true, false]);
  },
);

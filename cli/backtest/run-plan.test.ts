import { expect, test } from "vitest";

import { configuredRisk } from "#cli/backtest/run-plan.ts";
import { CONFIG_KEY_NAMES, type ConfigKeyName } from "#cli/config/keys.ts";
import { resolveConfig } from "#cli/config/resolve-config.ts";
import { checkRiskLimits } from "#engine/risk/risk-limits.ts";

function riskOf(content: Readonly<Record<string, unknown>>): unknown {
  const file = { path: "/project/drydock.yaml", content, whereIs: () => "drydock.yaml" };
  return configuredRisk(resolveConfig({ flags: {}, env: {}, file, folder: "/project" }).values);
}

test("without a setting nothing is limited, so that a run hash of before stays what it was", () => {
  expect(riskOf({})).toBeNull();
});

/** A value that each limit may have. */
function valueOf(name: ConfigKeyName): unknown {
  if (name === "risk.onDailyLoss") return "haltUntilNextDay";
  return name === "risk.haltCancelsEntries" ? false : 7;
}

test("every setting of risk reaches the engine under its own name", () => {
  const names = CONFIG_KEY_NAMES.filter((name) => name.startsWith("risk."));
  const risk = Object.fromEntries(names.map((name) => [name.slice("risk.".length), valueOf(name)]));
  expect(names.length).toBe(12);
  const limits = riskOf({ risk }) as object;
  expect(limits).toEqual(risk);
  expect(() => checkRiskLimits(limits)).not.toThrow();
});

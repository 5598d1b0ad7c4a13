import { resolveAgedConfig } from "#engine/aged/aged-config.ts";
import type { AgedSettings } from "#engine/aged/engine-aged.ts";
import { CANDLE } from "./crash-scenario.ts";

const HOURS = CANDLE / 3_600_000;

/** Stages of candles: aged after one, progressive after three, an emergency after five; a price comes with each. */
export const AGED_TERMS: AgedSettings = {
  config: resolveAgedConfig(
    {
      maxAgeHours: HOURS,
      graceHours: 2 * HOURS,
      emergencyAfterHours: 4 * HOURS,
      detectEveryMinutes: 60 * HOURS,
      closeBackoffSeconds: 5,
    },
    0.055,
  ),
  prices: { maxPriceAgeMs: 12_000, pollAfterMs: 15_000, pollEveryMs: 5_000 },
};

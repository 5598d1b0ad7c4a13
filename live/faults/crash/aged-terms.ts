import { resolveAgedConfig } from "#engine/aged/aged-config.ts";
import type { AgedSettings } from "#engine/aged/engine-aged.ts";
import { CANDLE } from "./crash-scenario.ts";

const HOURS = CANDLE / 3_600_000;

/** Stages of candles: aged after one, progressive after three, an emergency after five; a price comes with each. */
const STAGES = {
  maxAgeHours: HOURS,
  graceHours: 2 * HOURS,
  emergencyAfterHours: 4 * HOURS,
  closeBackoffSeconds: 5,
};
const TAKER_PCT = 0.055;
const PRICES = { maxPriceAgeMs: 12_000, pollAfterMs: 15_000, pollEveryMs: 5_000 };

/** Closes at the first price that the rules let it. */
export const AGED_TERMS: AgedSettings = {
  config: resolveAgedConfig({ ...STAGES, detectEveryMinutes: 60 * HOURS }, TAKER_PCT),
  prices: PRICES,
};

/** Closes at its target and not before it; detections fall between two prices. */
export const PATIENT_AGED_TERMS: AgedSettings = {
  config: resolveAgedConfig(
    { ...STAGES, detectEveryMinutes: 1.3 * 60 * HOURS, priceBufferPct: 0 },
    TAKER_PCT,
  ),
  prices: PRICES,
};

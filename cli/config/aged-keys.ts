import type { ConfigKey, NumberKey } from "#cli/config/key-kinds.ts";
import {
  AGED_DEFAULTS,
  AGED_MODES,
  AGED_RANGES,
  type AgedNumber,
} from "#engine/aged/aged-config.ts";

/** A number of the aged rules, with the range that the engine allows. Its default is shown, not given: none switches them on. */
function aged(
  name: AgedNumber,
  flag: string,
  describe: string,
): NumberKey & { default?: undefined } {
  const { min, max, isAbove, integer } = AGED_RANGES[name];
  const defaults: Readonly<Partial<Record<AgedNumber, number>>> = AGED_DEFAULTS;
  const given = defaults[name];
  return {
    kind: "number",
    flag: `aged-${flag}`,
    ...(isAbove === true ? { above: min } : { min }),
    max,
    ...(integer === true ? { integer } : {}),
    describe: given === undefined ? describe : `${describe} (${given})`,
  };
}

/** What becomes of positions that grow too old; see docs/aged-positions.md. */
export const AGED_KEYS = {
  "aged.enabled": {
    kind: "switch",
    flag: "aged",
    describe: "Close positions that grow too old; any other aged setting implies it",
  },
  "aged.mode": {
    kind: "choice",
    flag: "aged-mode",
    choices: AGED_MODES,
    describe: "Close at market once the target is met, or by a limit that rests there (market)",
  },
  "aged.maxAgeHours": aged("maxAgeHours", "max-age-hours", "Older positions are aged"),
  "aged.graceHours": aged("graceHours", "grace-hours", "How long break-even is the target"),
  "aged.lossStepPctPerHour": aged(
    "lossStepPctPerHour",
    "loss-step-pct-per-hour",
    "Loss tolerated after the grace, % of entry per hour",
  ),
  "aged.maxLossPct": aged("maxLossPct", "max-loss-pct", "Cap of the tolerated loss, % of entry"),
  "aged.accelerationFactor": aged(
    "accelerationFactor",
    "acceleration-factor",
    "The loss step times this, later on",
  ),
  "aged.accelerationAfterHours": aged(
    "accelerationAfterHours",
    "acceleration-after-hours",
    "From so many hours after the grace on",
  ),
  "aged.takerFeePct": aged(
    "takerFeePct",
    "taker-fee-pct",
    "Fee of each side in break-even, %; else the venue's",
  ),
  "aged.priceBufferPct": aged(
    "priceBufferPct",
    "price-buffer-pct",
    "Closes so far before the target, %",
  ),
  "aged.detectEveryMinutes": aged(
    "detectEveryMinutes",
    "detect-every-minutes",
    "How often aged positions are looked for",
  ),
  "aged.closeAttempts": aged("closeAttempts", "close-attempts", "Orders of one close campaign"),
  "aged.closeBackoffSeconds": aged(
    "closeBackoffSeconds",
    "close-backoff-seconds",
    "Pause after the first failed attempt, then doubling",
  ),
  "aged.emergencyAfterHours": aged(
    "emergencyAfterHours",
    "emergency-after-hours",
    "Closed at any price; else graceHours + maxLossPct / step",
  ),
} as const satisfies Readonly<Record<string, ConfigKey>>;

import { DrydockError } from "#engine/errors.ts";

/** How a position that has become too old is closed: at market when the target is met, or by a limit that rests there. */
export const AGED_MODES = ["market", "limit"] as const;
export type AgedMode = (typeof AGED_MODES)[number];

/** Every parameter with its value. `Pct` is percent of the entry price, hours may be fractions. */
export interface AgedConfig {
  readonly mode: AgedMode;
  /** A position is aged beyond this age. */
  readonly maxAgeHours: number;
  /** How long break-even is the target. */
  readonly graceHours: number;
  readonly lossStepPctPerHour: number;
  readonly maxLossPct: number;
  /** The loss step is multiplied by this beyond `accelerationAfterHours` of the progressive stage. */
  readonly accelerationFactor: number;
  readonly accelerationAfterHours: number;
  /** Break-even is two of these away from the entry. */
  readonly takerFeePct: number;
  /** A market close goes out this far before the target. */
  readonly priceBufferPct: number;
  readonly detectEveryMinutes: number;
  readonly closeAttempts: number;
  /** Pause after the first failed attempt; each further one is twice as long. */
  readonly closeBackoffSeconds: number;
  /** Counted as the grace is, from the moment the position became aged. */
  readonly emergencyAfterHours: number;
}

/** What a configuration says of the aged rules; what is left out has its default. */
export type AgedParams = {
  readonly [Name in keyof AgedConfig]?: AgedConfig[Name] | undefined;
};

export type AgedNumber = Exclude<keyof AgedConfig, "mode">;

export interface AgedRange {
  readonly min: number;
  readonly max: number;
  /** The smallest value itself is not allowed. */
  readonly isAbove?: boolean | undefined;
  readonly integer?: boolean | undefined;
}

const HOURS_MAX = 87_600;

/** What each parameter may be. */
export const AGED_RANGES: Readonly<Record<AgedNumber, AgedRange>> = {
  maxAgeHours: { min: 0, max: HOURS_MAX },
  graceHours: { min: 0, max: HOURS_MAX },
  lossStepPctPerHour: { min: 0, max: 100 },
  maxLossPct: { min: 0, max: 100 },
  accelerationFactor: { min: 1, max: 100 },
  accelerationAfterHours: { min: 0, max: HOURS_MAX },
  takerFeePct: { min: -1, max: 10 },
  priceBufferPct: { min: 0, max: 10 },
  detectEveryMinutes: { min: 0, max: 10_080, isAbove: true },
  closeAttempts: { min: 1, max: 100, integer: true },
  closeBackoffSeconds: { min: 0, max: 86_400 },
  emergencyAfterHours: { min: 0, max: 2 * HOURS_MAX },
};

/** The defaults that depend on nothing; `takerFeePct` is the venue's, `emergencyAfterHours` follows from the others. */
export const AGED_DEFAULTS = {
  mode: "market",
  maxAgeHours: 3,
  graceHours: 8,
  lossStepPctPerHour: 0.5,
  maxLossPct: 10,
  accelerationFactor: 1.2,
  accelerationAfterHours: 10,
  priceBufferPct: 0.1,
  detectEveryMinutes: 60,
  closeAttempts: 3,
  closeBackoffSeconds: 5,
} as const satisfies AgedParams;

const NAMES = Object.keys(AGED_RANGES) as readonly AgedNumber[];

/**
 * Fills in the defaults and checks every value.
 * @param venueTakerPct the venue's taker fee, percent of the notional
 * @throws E_CONFIG for a value outside its range, and for an emergency before the end of the grace
 */
export function resolveAgedConfig(params: AgedParams, venueTakerPct: number): AgedConfig {
  const given = Object.fromEntries(
    Object.entries(params).filter(([, value]) => value !== undefined),
  ) as { [Name in keyof AgedConfig]?: AgedConfig[Name] };
  const merged = { ...AGED_DEFAULTS, takerFeePct: venueTakerPct, ...given };
  const config: AgedConfig = {
    ...merged,
    emergencyAfterHours: merged.emergencyAfterHours ?? defaultEmergency(merged),
  };
  for (const name of NAMES) checkRange(name, config[name]);
  if (!AGED_MODES.includes(config.mode)) {
    throw new DrydockError("E_CONFIG", `Aged rule "mode" is "${String(config.mode)}"`, {
      hint: `Use one of ${AGED_MODES.join(", ")}`,
    });
  }
  if (config.emergencyAfterHours < config.graceHours) {
    const { emergencyAfterHours, graceHours } = config;
    throw new DrydockError(
      "E_CONFIG",
      `Aged rule "emergencyAfterHours" is ${emergencyAfterHours}, before the end of the grace after ${graceHours} hours`,
      { hint: "Let the emergency begin at graceHours or later" },
    );
  }
  return config;
}

/** When the tolerated loss has reached its cap at the plain step. */
function defaultEmergency(
  config: Pick<AgedConfig, "graceHours" | "maxLossPct" | "lossStepPctPerHour">,
): number {
  const { graceHours, maxLossPct, lossStepPctPerHour } = config;
  if (lossStepPctPerHour > 0) return graceHours + maxLossPct / lossStepPctPerHour;
  throw new DrydockError(
    "E_CONFIG",
    'Aged rule "lossStepPctPerHour" is 0, so "emergencyAfterHours" has no default',
    { hint: "Say after how many hours the position is closed whatever the price" },
  );
}

function checkRange(name: AgedNumber, value: number): void {
  const { min, max, isAbove, integer } = AGED_RANGES[name];
  const isInside = Number.isFinite(value) && value <= max && (isAbove ? value > min : value >= min);
  if (isInside && (integer !== true || Number.isSafeInteger(value))) return;
  const kind = integer === true ? "a whole number" : "a number";
  const range = isAbove ? `above ${min} and at most ${max}` : `from ${min} to ${max}`;
  throw new DrydockError(
    "E_CONFIG",
    `Aged rule "${name}" is ${value}: it must be ${kind} ${range}`,
  );
}

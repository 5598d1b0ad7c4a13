import { DrydockError } from "#engine/errors.ts";

/**
 * What an account may risk. Every limit is optional: without it there is none. Money in quote units, percent are
 * percent. What each one counts stands in docs/risk.md.
 */
export interface RiskLimits {
  /** Value of one symbol's positions with every order that may open filled. */
  readonly maxNotionalPerSymbol?: number | undefined;
  /** The same over all symbols. */
  readonly maxTotalNotional?: number | undefined;
  /** The same as a multiple of the equity. */
  readonly maxLeverage?: number | undefined;
  /** Positions, and symbols with an order that would open one. */
  readonly maxOpenPositions?: number | undefined;
  /** Orders placed in any 60 seconds; a fifth is kept for closes, which always pass. */
  readonly maxOrdersPerMinute?: number | undefined;
  /** Loss since the start of the UTC day, percent of the equity then. */
  readonly maxDailyLossPct?: number | undefined;
  /** Loss since the start of the UTC day, quote units. */
  readonly maxDailyLossQuote?: number | undefined;
  /** Loss since the highest equity, percent of it. */
  readonly maxDrawdownPct?: number | undefined;
  /** Distance of an order's prices from the last price and the mark, percent. */
  readonly maxPriceDeviationPct?: number | undefined;
  /** Age of the last price when an order is decided. */
  readonly maxPriceAgeSeconds?: number | undefined;
  /** Whether the halt after a daily loss ends with the UTC day or by hand alone; by hand by default. */
  readonly onDailyLoss?: OnDailyLoss | undefined;
  /** Whether a halt cancels the orders that would open; it does by default. */
  readonly haltCancelsEntries?: boolean | undefined;
}

export const ON_DAILY_LOSS = ["halt", "haltUntilNextDay"] as const;
export type OnDailyLoss = (typeof ON_DAILY_LOSS)[number];

type NumberName = Exclude<keyof RiskLimits, "onDailyLoss" | "haltCancelsEntries">;

/** Largest value of each numeric limit, and whether it counts whole things. All are above 0. */
const NUMBERS: Readonly<Record<NumberName, { readonly max: number; readonly whole?: true }>> = {
  maxNotionalPerSymbol: { max: Number.MAX_VALUE },
  maxTotalNotional: { max: Number.MAX_VALUE },
  maxLeverage: { max: 1_000 },
  maxOpenPositions: { max: 1_000_000, whole: true },
  // Each place of the window is remembered.
  maxOrdersPerMinute: { max: 1_000_000, whole: true },
  maxDailyLossPct: { max: 100 },
  maxDailyLossQuote: { max: Number.MAX_VALUE },
  maxDrawdownPct: { max: 100 },
  maxPriceDeviationPct: { max: 1_000 },
  maxPriceAgeSeconds: { max: 31_536_000 },
};
const NUMBER_NAMES = Object.keys(NUMBERS) as readonly NumberName[];
const NAMES: readonly string[] = [...NUMBER_NAMES, "onDailyLoss", "haltCancelsEntries"];

/** @throws E_CONFIG for a limit that is not known or makes no sense. */
export function checkRiskLimits(limits: RiskLimits): void {
  for (const name of Object.keys(limits)) {
    if (NAMES.includes(name)) continue;
    throw new DrydockError("E_CONFIG", `There is no risk limit "${name}"`, {
      hint: `One of ${NAMES.join(", ")}`,
    });
  }
  for (const name of NUMBER_NAMES) checkNumber(name, limits[name]);
  const { onDailyLoss, haltCancelsEntries } = limits;
  if (onDailyLoss !== undefined && !ON_DAILY_LOSS.includes(onDailyLoss)) {
    throw new DrydockError("E_CONFIG", `Risk limit "onDailyLoss" is "${onDailyLoss}"`, {
      hint: `One of ${ON_DAILY_LOSS.join(", ")}`,
    });
  }
  if (haltCancelsEntries !== undefined && typeof haltCancelsEntries !== "boolean") {
    throw new DrydockError("E_CONFIG", 'Risk limit "haltCancelsEntries" is true or false');
  }
}

function checkNumber(name: NumberName, value: unknown): void {
  if (value === undefined) return;
  const { max, whole } = NUMBERS[name];
  const isNumber = typeof value === "number" && value > 0 && value <= max;
  if (isNumber && (whole === undefined || Number.isInteger(value))) return;
  const kind = whole === undefined ? "a number" : "a whole number";
  const upTo = max === Number.MAX_VALUE ? "" : ` and at most ${max}`;
  const told = typeof value === "number" ? String(value) : JSON.stringify(value);
  throw new DrydockError(
    "E_CONFIG",
    `Risk limit "${name}" is ${told}: it must be ${kind} above 0${upTo}`,
    { hint: "Leave it out for no limit" },
  );
}

/** The limits without undefined members, in their order, for documents and hashes; null when nothing limits. */
export function plainRiskLimits(limits: RiskLimits): RiskLimits | null {
  const entries = NAMES.map((name) => [name, limits[name as keyof RiskLimits]] as const);
  const given = entries.filter(([, value]) => value !== undefined);
  return given.length === 0 ? null : (Object.fromEntries(given) as RiskLimits);
}

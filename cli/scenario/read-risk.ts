import type { Fields } from "#cli/scenario/fields.ts";
import { ON_DAILY_LOSS, plainRiskLimits, type RiskLimits } from "#engine/risk/risk-limits.ts";

const MONEY = { above: 0 } as const;
const COUNT = { min: 1, max: 1_000_000, integer: true } as const;
const PCT = { above: 0, max: 100 } as const;

/** Every limit that is a number, with its bounds. */
const NUMBERS = {
  maxNotionalPerSymbol: MONEY,
  maxTotalNotional: MONEY,
  maxLeverage: { above: 0, max: 1_000 },
  maxOpenPositions: COUNT,
  maxOrdersPerMinute: COUNT,
  maxDailyLossPct: PCT,
  maxDailyLossQuote: MONEY,
  maxDrawdownPct: PCT,
  maxPriceDeviationPct: { above: 0, max: 1_000 },
  maxPriceAgeSeconds: { above: 0, max: 31_536_000 },
} as const;
const NAMES = Object.keys(NUMBERS) as readonly (keyof typeof NUMBERS)[];

/** What the account of a scenario may risk. */
export function readRisk(fields: Fields): RiskLimits {
  const own = fields.child("risk", [...NAMES, "onDailyLoss", "haltCancelsEntries"]);
  if (own === null) return {};
  const numbers = Object.fromEntries(NAMES.map((name) => [name, own.number(name, NUMBERS[name])]));
  const word = own.text("onDailyLoss");
  const onDailyLoss = ON_DAILY_LOSS.find((one) => one === word);
  if (word !== undefined && onDailyLoss === undefined) {
    own.add("onDailyLoss", `must be one of ${ON_DAILY_LOSS.join(", ")}, not "${word}"`);
  }
  const haltCancelsEntries = own.flag("haltCancelsEntries");
  return plainRiskLimits({ ...numbers, onDailyLoss, haltCancelsEntries }) ?? {};
}

import { type ConfigKey, count, money } from "#cli/config/key-kinds.ts";
import { ON_DAILY_LOSS } from "#engine/risk/risk-limits.ts";

/** What the account may risk; see docs/risk.md. */
export const RISK_KEYS = {
  "risk.maxNotionalPerSymbol": {
    ...money,
    flag: "max-notional-per-symbol",
    describe: "Refuse entries beyond this value of one symbol, in quote currency",
  },
  "risk.maxTotalNotional": {
    ...money,
    flag: "max-total-notional",
    describe: "The same over all symbols",
  },
  "risk.maxLeverage": {
    kind: "number",
    flag: "max-leverage",
    above: 0,
    max: 1_000,
    describe: "The same as a multiple of the equity",
  },
  "risk.maxOpenPositions": {
    ...count,
    flag: "max-open-positions",
    describe: "Refuse entries that would open more positions",
  },
  "risk.maxOrdersPerMinute": {
    ...count,
    flag: "max-orders-per-minute",
    describe: "Refuse entries beyond this rate; a fifth is kept for closes",
  },
  "risk.maxDailyLossPct": {
    kind: "number",
    flag: "max-daily-loss-pct",
    above: 0,
    max: 100,
    describe: "Halt after this loss in a UTC day, % of the equity at its start",
  },
  "risk.maxDailyLossQuote": {
    ...money,
    flag: "max-daily-loss-quote",
    describe: "Halt after this loss in a UTC day, in quote currency",
  },
  "risk.maxDrawdownPct": {
    kind: "number",
    flag: "max-drawdown-pct",
    above: 0,
    max: 100,
    describe: "Halt after this loss since the highest equity, %",
  },
  "risk.maxPriceDeviationPct": {
    kind: "number",
    flag: "max-price-deviation-pct",
    above: 0,
    max: 1_000,
    describe: "Refuse entries priced further from the last price or the mark, %",
  },
  "risk.maxPriceAgeSeconds": {
    kind: "number",
    flag: "max-price-age-seconds",
    above: 0,
    max: 31_536_000,
    describe: "Refuse entries while the last price is older",
  },
  "risk.onDailyLoss": {
    kind: "choice",
    flag: "on-daily-loss",
    choices: ON_DAILY_LOSS,
    describe: "Whether the halt after a daily loss stays or ends with the day; stays by default",
  },
  "risk.haltCancelsEntries": {
    kind: "switch",
    flag: "halt-cancels-entries",
    describe: "Whether a halt cancels the orders that would open; it does by default",
  },
} as const satisfies Readonly<Record<string, ConfigKey>>;

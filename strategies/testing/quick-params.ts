/** Parameters with which a hundred bars are enough to trade; both sides wherever there is a choice. */
export const QUICK: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "bollinger-breakout": { period: 5, multiplier: 1 },
  "donchian-turtle": { entry: 4, exit: 2, atr: 3, maxUnits: 4, riskPct: 2 },
  "funding-carry": { stopPct: 2 },
  grid: { levels: 3, stepPct: 0.7, levelPct: 15 },
  "macd-trend": { fast: 2, slow: 4, signal: 2, trend: 2 },
  "pairs-spread": { lookback: 8, entryZ: 1.2, stopZ: 2.2 },
  "rsi-reversion": { period: 3, direction: "both", stopPct: 2 },
  "sma-cross": { fast: 2, slow: 5, sizePct: 90 },
};

/**
 * What a strategy file imports as "drydock": the package's entry. It is the one file that gathers names from
 * several others, because a user's strategy has one import.
 */
export { adx } from "#engine/indicators/adx.ts";
export { atr } from "#engine/indicators/atr.ts";
export { bollinger } from "#engine/indicators/bollinger.ts";
export { cci } from "#engine/indicators/cci.ts";
export { crossOver, crossUnder } from "#engine/indicators/cross.ts";
export { crossedAbove, crossedBelow } from "#engine/indicators/crossed.ts";
export { donchian } from "#engine/indicators/donchian.ts";
export { ichimoku } from "#engine/indicators/ichimoku.ts";
export { keltner } from "#engine/indicators/keltner.ts";
export type { IndicatorSpec, Kernel, Source } from "#engine/indicators/kernel.ts";
export { macd } from "#engine/indicators/macd.ts";
export { ema, sma, wilder, wma } from "#engine/indicators/moving-averages.ts";
export { obv } from "#engine/indicators/obv.ts";
export { roc } from "#engine/indicators/roc.ts";
export { rsi } from "#engine/indicators/rsi.ts";
export { stochastic } from "#engine/indicators/stochastic.ts";
export { superTrend } from "#engine/indicators/super-trend.ts";
export { vwap } from "#engine/indicators/vwap.ts";
export { highest, lowest, percentile, std } from "#engine/indicators/window.ts";
export type { ExitRules } from "#engine/rules/exit-rules.ts";
export { defineStrategy, on, type Strategy } from "#engine/strategy/define-strategy.ts";
export type {
  EntryTerms,
  OrderChange,
  OrderTerms,
  OrderView,
  ProtectionPrices,
} from "#engine/strategy/order-desk.ts";
export { param } from "#engine/strategy/params.ts";
export type { PortfolioContext } from "#engine/strategy/portfolio-context.ts";
export type { PositionView } from "#engine/strategy/position-view.ts";
export type { BarView, SeriesValue } from "#engine/strategy/series-view.ts";
export type { SymbolContext } from "#engine/strategy/symbol-context.ts";

/**
 * What a test imports as "drydock/props": the entry of the property pack. Like that of the package, it gathers names
 * from several files, because a user's test has one import.
 */
export * as fc from "fast-check";
export {
  type CandlesWithMarks,
  type CandleTerms,
  candles,
  candlesWithMarks,
  type FundingTerms,
  fundingSeries,
  type WalkTerms,
  walks,
} from "#props/arbitraries/candles.ts";
export { agedParams, exitRules } from "#props/arbitraries/exit-rules.ts";
export { type FaultPlanTerms, faultPlans } from "#props/arbitraries/fault-plans.ts";
export { instruments, tiers } from "#props/arbitraries/instruments.ts";
export { type MarketTerms, markets, type RandomSymbol } from "#props/arbitraries/markets.ts";
export { type VenueTerms, venueSettings } from "#props/arbitraries/venue-settings.ts";
export {
  foldVenueStream,
  type StreamEvent,
  type StreamOrder,
  type StreamTerms,
  type VenueStream,
  venueStreams,
} from "#props/arbitraries/venue-streams.ts";
export {
  holdsInvariants,
  type InvariantOptions,
  type InvariantReport,
} from "#props/holds-invariants.ts";
export {
  INVARIANTS,
  InvariantBroken,
  type InvariantName,
} from "#props/invariants/invariant-broken.ts";
export { type BarStep, type Candle, candlesOf, marksOf } from "#props/market/candle-walk.ts";
export { type FaultOptions, type FaultReport, survivesFaults } from "#props/survives-faults.ts";

import * as fc from "fast-check";
import { INTRABAR_MODES, LIQUIDATION_RULES, type VenueSettings } from "#sim/venue-settings.ts";

const HOUR_MS = 3_600_000;

export interface VenueTerms {
  /** Length of a bar, ms, by which delays are measured; default one hour. */
  readonly intervalMs?: number | undefined;
  /** Whether the path inside a bar may be that of finer candles; default true. */
  readonly hasDetail?: boolean | undefined;
}

/**
 * How a venue behaves: with and without costs, delays up to more than a bar, limits by volume, every path inside a
 * bar, every margin mode. One position per symbol; hedge mode is asked for by name, since few strategies mean it.
 */
export function venueSettings(terms: VenueTerms = {}): fc.Arbitrary<Partial<VenueSettings>> {
  const { intervalMs = HOUR_MS, hasDetail = true } = terms;
  return fc.record({
    makerPct: fc.constantFrom(0, 0.02),
    takerPct: fc.constantFrom(0, 0.055),
    liquidationPct: fc.constantFrom(0, 0.5),
    slippage: fc.constantFrom(
      { kind: "fixed", bps: 0 } as const,
      { kind: "fixed", bps: 7 } as const,
      { kind: "spreadImpact", halfSpreadBps: 1, impactBps: 100 } as const,
    ),
    participationPct: fc.constantFrom(null, 10, 100),
    latencyMs: fc.constantFrom(0, 0, 1, intervalMs / 2, intervalMs + 1),
    fillAt: fc.constantFrom("nextOpen", "nextOpen", "close"),
    intrabar: fc.constantFrom(...INTRABAR_MODES.filter((mode) => hasDetail || mode !== "detail")),
    limitFill: fc.constantFrom("through", "touch"),
    limitImprove: fc.boolean(),
    maintenanceOn: fc.constantFrom("entry", "mark"),
    marginMode: fc.constantFrom("isolated", "isolated", "cross"),
    liquidation: fc.constantFrom(...LIQUIDATION_RULES),
  });
}

import type { MarginTier } from "#engine/model/instrument.ts";

/**
 * Isolated margin of a linear contract. Sources: Bybit help centre, "Liquidation Price (USDT Contract)" and
 * "The New Margin Calculation" (2025-09); Hyperliquid docs, trading/liquidations. `maintenanceOn: entry` is the
 * form of the published USDT examples, `mark` the condition that both venues use today.
 */
export interface MarginTerms {
  readonly tiers: readonly MarginTier[];
  readonly maintenanceOn: "entry" | "mark";
}

/** The tier in which a position value lies; the last one beyond all bounds. */
export function tierOf(tiers: readonly MarginTier[], value: number): MarginTier {
  for (const tier of tiers) if (value <= tier.upTo) return tier;
  return tiers[tiers.length - 1] as MarginTier;
}

/** Maintenance margin of a position value, quote units. */
export function maintenanceMargin(tiers: readonly MarginTier[], value: number): number {
  const tier = tierOf(tiers, value);
  return Math.max(0, (value * tier.maintenancePct) / 100 - tier.deduction);
}

/**
 * Mark price at which the margin of the position is down to the maintenance margin; 0 when a long can not be
 * liquidated at any price. `qty` is unsigned, `margin` what is locked for the position.
 */
export function liquidationPrice(
  terms: MarginTerms,
  side: number,
  qty: number,
  entryValue: number,
  margin: number,
): number {
  if (terms.maintenanceOn === "entry") {
    const free = (margin - maintenanceMargin(terms.tiers, entryValue)) / qty;
    return Math.max(0, entryValue / qty - side * free);
  }
  let price = 0;
  for (const tier of terms.tiers) {
    const rate = tier.maintenancePct / 100;
    price =
      side > 0
        ? (entryValue - margin - tier.deduction) / (qty * (1 - rate))
        : (entryValue + margin + tier.deduction) / (qty * (1 + rate));
    // The tier is right when the value at the liquidation price lies in it.
    if (price * qty <= tier.upTo) break;
  }
  return Math.max(0, price);
}

/** Price at which nothing is left of the margin. */
export function bankruptcyPrice(
  side: number,
  qty: number,
  entryValue: number,
  margin: number,
): number {
  return Math.max(0, (entryValue - side * margin) / qty);
}

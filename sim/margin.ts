import type { MarginTier } from "#engine/model/instrument.ts";

/**
 * The margin of linear contracts, as formulae. Prices in quote units per base unit, values and margins in quote units,
 * `qty` unsigned in base units, `side` 1 long and −1 short.
 *
 * Sources: Bybit help centre, "Liquidation Price (USDT Contract)", "Bankruptcy Price (USDT Contract)",
 * "Maintenance Margin (USDT Contract)", "Order Cost (USDT Contract)" and "The New Margin Calculation: Adjustments and
 * Implications" (2025-09-18); Hyperliquid docs, trading/margining, margin-tiers and liquidations.
 */
export interface MarginTerms {
  readonly tiers: readonly MarginTier[];
  /**
   * On what the maintenance margin is taken: `entry` is the form of Bybit's published USDT examples, `mark` the
   * condition that both venues use today.
   */
  readonly maintenanceOn: "entry" | "mark";
}

/** The place of the tier in which a position value lies; the last one beyond all bounds. */
export function tierIndex(tiers: readonly MarginTier[], value: number): number {
  const last = tiers.length - 1;
  for (let at = 0; at < last; at++) if (value <= (tiers[at] as MarginTier).upTo) return at;
  return last;
}

/** The tier in which a position value lies; the last one beyond all bounds. */
export function tierOf(tiers: readonly MarginTier[], value: number): MarginTier {
  return tiers[tierIndex(tiers, value)] as MarginTier;
}

/**
 * Maintenance margin of a position value: value × rate − deduction of its tier, which equals the sum over the slices.
 * Bybit, "Maintenance Margin (USDT Contract)": 3,500 over slices of 1,000 at 2, 2.5, 3 and 3.5 % need 92.5.
 */
export function maintenanceMargin(tiers: readonly MarginTier[], value: number): number {
  const tier = tierOf(tiers, value);
  return Math.max(0, (value * tier.maintenancePct) / 100 - tier.deduction);
}

/**
 * Initial margin of a position or order value. Bybit, "Order Cost (USDT Contract)": 1 BTC at 50,000 with 10x needs
 * 5,000. Under isolated margin the value is that of the entry, under cross margin that on which the maintenance
 * margin is taken ("The New Margin Calculation").
 */
export function initialMargin(value: number, leverage: number): number {
  return value / leverage;
}

/**
 * What a venue adds to both margins for the taker fee of the close at the bankruptcy price: value × (1 ∓ 1/leverage) ×
 * rate. Bybit, "Order Cost (USDT Contract)": 24.75 for 1 BTC long at 50,000 with 10x and 0.055 %.
 */
export function feeToClose(
  side: number,
  entryValue: number,
  leverage: number,
  takerPct: number,
): number {
  return (entryValue * (1 - side / leverage) * takerPct) / 100;
}

/**
 * Mark price at which what backs the position is down to its maintenance margin; 0 when no price liquidates a long.
 *
 * `margin` is what backs the position beyond its own profit: under isolated margin what is locked for it, under cross
 * margin the wallet with the profit of all other positions, less their maintenance margins. The price is that of the
 * condition margin + side × (price × qty − entryValue) = maintenance margin, solved tier by tier.
 *
 * Bybit, "Liquidation Price (USDT Contract)", on entry: long 1 BTC at 20,000 with 50x and 0.5 %: 19,700; the short
 * with 3,000 of margin added: 23,300; the long after 200 of funding out of its margin: 19,900. Hyperliquid,
 * trading/liquidations, on mark: long 1 ETH at 3,000 with 300 of margin and 2 %: 2,755.10.
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

/**
 * Price at which nothing is left of what backs the position, at least 0. Bybit, "Bankruptcy Price (USDT Contract)": a
 * long of 1 BTC at 10,000 with 50x: 9,800. Under cross margin the equity of the whole account is zero there.
 */
export function bankruptcyPrice(
  side: number,
  qty: number,
  entryValue: number,
  margin: number,
): number {
  return Math.max(0, (entryValue - side * margin) / qty);
}

/**
 * The liquidation price as Hyperliquid writes it: price − side × available / qty / (1 − l × side), where `available` is
 * the isolated margin or the account value less the maintenance margin needed at `price`, and l = 1 / (2 × maximum
 * leverage). It equals `liquidationPrice` on mark as long as the tier stays the same.
 * Source: Hyperliquid docs, trading/liquidations; long 1 ETH at 3,000, available 240, l 0.02: 2,755.10.
 */
export function hyperliquidLiquidationPrice(
  price: number,
  side: number,
  qty: number,
  available: number,
  l: number,
): number {
  return price - (side * available) / qty / (1 - l * side);
}

/**
 * The same for an isolated position of one tier, from what Hyperliquid calls its raw USD (margin − side × entry value):
 * −rawUsd / (side × qty × (1 − l × side)). The account of the docs, 0.0335 ETH and −95.059824: 2,866.269.
 */
export function liquidationPriceOfRawUsd(
  rawUsd: number,
  side: number,
  qty: number,
  l: number,
): number {
  return -rawUsd / (side * qty * (1 - l * side));
}

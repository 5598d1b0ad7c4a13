import type { Grid } from "#engine/model/grid.ts";

/** One step of the maintenance margin: up to this position value these rates hold. */
export interface MarginTier {
  /** Upper bound of the position value, quote units; Infinity in the last tier. */
  readonly upTo: number;
  /** Percent of the position value. */
  readonly maintenancePct: number;
  readonly maxLeverage: number;
  /** Quote units taken off, so that the margin is continuous from tier to tier. */
  readonly deduction: number;
}

/** What a venue says of one contract. Linear: profit is quantity × price difference, in the quote currency. */
export interface Instrument {
  readonly exchange: string;
  /** Canonical id, such as BTCUSDT; on Hyperliquid BTC. */
  readonly symbol: string;
  readonly tick: Grid;
  readonly lot: Grid;
  /** Base units; 0 where there is no minimum. */
  readonly minQty: number;
  /** Base units; Infinity where there is no maximum. */
  readonly maxQty: number;
  /** Quote units; 0 where there is no minimum. */
  readonly minNotional: number;
  /** How far beyond the mark a limit price may lie against its owner, percent of the mark; undefined: any. */
  readonly priceBandPct?: number | undefined;
  readonly maxLeverage: number;
  readonly tiers: readonly MarginTier[];
  /** Whether funding is exchanged at all. */
  readonly isPerpetual: boolean;
}

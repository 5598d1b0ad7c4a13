/** How the simulated venue behaves. Percentages are percent (0.055 is 0.055 %), 1 bp is 0.01 % of the price. */

export type IntrabarMode = "worst" | "best" | "ohlc" | "olhc" | "adaptive" | "detail";
export const INTRABAR_MODES: readonly IntrabarMode[] = [
  "worst",
  "best",
  "ohlc",
  "olhc",
  "adaptive",
  "detail",
];

export type SlippageModel =
  | { readonly kind: "fixed"; readonly bps: number }
  | { readonly kind: "spreadImpact"; readonly halfSpreadBps: number; readonly impactBps: number };

export interface VenueSettings {
  readonly makerPct: number;
  readonly takerPct: number;
  /** Of the notional at the bankruptcy price. */
  readonly liquidationPct: number;
  readonly slippage: SlippageModel;
  /** Share of a bar's volume that one symbol's orders may take; null: no limit. */
  readonly participationPct: number | null;
  /** From a decision to the venue; of amends and cancels where they have one of their own. */
  readonly latencyMs: number;
  readonly amendLatencyMs?: number | undefined;
  readonly cancelLatencyMs?: number | undefined;
  /** One net position per symbol, or a long and a short one beside each other. */
  readonly positionMode: "oneWay" | "hedge";
  readonly fillAt: "nextOpen" | "close";
  readonly intrabar: IntrabarMode;
  readonly limitFill: "through" | "touch";
  /** A limit that gaps fills at the better open instead of its own price. */
  readonly limitImprove: boolean;
  /** Price on which the maintenance margin is taken. */
  readonly maintenanceOn: "entry" | "mark";
  /** Isolated: every position has margin of its own; cross: all share the account's equity. */
  readonly marginMode: "isolated" | "cross";
  /** Price on which funding is exchanged; where no index is stored, the mark. */
  readonly fundingOn: "mark" | "index";
  readonly liquidation: LiquidationRule;
}

/**
 * How a position ends whose margin is down to the maintenance margin. `tiers` (Bybit): beyond the first tier down to
 * the tier below, in the first all of it, each time at the bankruptcy price. `hyperliquid`: at the market, above
 * 100,000 USD a fifth of it first; below two thirds of the maintenance margin all at the bankruptcy price. `whole`: all
 * of it at the bankruptcy price.
 */
export type LiquidationRule = "tiers" | "hyperliquid" | "whole";
export const LIQUIDATION_RULES: readonly LiquidationRule[] = ["tiers", "hyperliquid", "whole"];

/**
 * Defaults of the venues for an ordinary account. Bybit VIP 0 linear: taker 0.055 %, maker 0.02 %; Hyperliquid:
 * taker 0.045 %, maker 0.015 %, no liquidation fee. Bybit keeps the fee to close at the bankruptcy price inside
 * the margin, which is what the liquidation fee stands for.
 * Sources: https://bybit-exchange.github.io/docs/v5/account/fee-rate and
 * https://hyperliquid.gitbook.io/hyperliquid-docs/trading/fees, as of 2026. Bybit settles funding on the mark price,
 * Hyperliquid on the oracle price.
 */
const TERMS: Readonly<
  Record<
    string,
    Pick<VenueSettings, "makerPct" | "takerPct" | "liquidationPct" | "fundingOn" | "liquidation">
  >
> = {
  bybit: {
    makerPct: 0.02,
    takerPct: 0.055,
    liquidationPct: 0.055,
    fundingOn: "mark",
    liquidation: "tiers",
  },
  hyperliquid: {
    makerPct: 0.015,
    takerPct: 0.045,
    liquidationPct: 0,
    fundingOn: "index",
    liquidation: "hyperliquid",
  },
};

/** The profile of a venue; one without a profile of its own trades on Bybit's terms. */
export function venueProfile(exchange: string): VenueSettings {
  const terms = TERMS[exchange] ?? TERMS["bybit"];
  return {
    ...(terms as NonNullable<typeof terms>),
    slippage: { kind: "spreadImpact", halfSpreadBps: 1, impactBps: 100 },
    participationPct: 10,
    latencyMs: 0,
    positionMode: "oneWay",
    fillAt: "nextOpen",
    intrabar: "worst",
    limitFill: "through",
    limitImprove: false,
    maintenanceOn: "mark",
    marginMode: "isolated",
  };
}

/** `--costs none`: no fees, no slippage, no liquidation fee and no participation limit. Stamped on the report. */
export function withoutCosts(settings: VenueSettings): VenueSettings {
  return {
    ...settings,
    makerPct: 0,
    takerPct: 0,
    liquidationPct: 0,
    slippage: { kind: "fixed", bps: 0 },
    participationPct: null,
  };
}

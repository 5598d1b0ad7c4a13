import {
  bankruptcyPrice,
  feeToClose,
  initialMargin,
  liquidationPrice,
  type MarginTerms,
  maintenanceMargin,
} from "#sim/margin.ts";

/** What decides over the margin of one position. */
export interface PositionState {
  /** 1 long, −1 short, 0 flat. */
  readonly side: number;
  /** Unsigned, base units. */
  readonly qty: number;
  readonly entryValue: number;
  readonly mark: number;
  readonly leverage: number;
  readonly marginMode: "isolated" | "cross";
  /** Isolated: the margin locked for it; cross: the wallet and the profit of all other positions. */
  readonly backing: number;
  /** Cross: maintenance margins of all other positions; isolated: 0. */
  readonly claims: number;
  /** Taker fee that the venue keeps inside the margins for the close, percent; 0: the plain margins. */
  readonly closingFeePct: number;
}

/** What a venue prints of a position. Prices are null when flat and where no price above zero does it. */
export interface PositionValues {
  readonly liquidationPrice: number | null;
  readonly bankruptcyPrice: number | null;
  readonly initialMargin: number;
  readonly maintenanceMargin: number;
}

const FLAT: PositionValues = {
  liquidationPrice: null,
  bankruptcyPrice: null,
  initialMargin: 0,
  maintenanceMargin: 0,
};

/**
 * The position values of Bybit's and Hyperliquid's published tables: initial margin on entry under isolated margin and
 * on the price of the maintenance margin under cross margin, maintenance margin on entry or mark, both with the fee
 * to close where the venue keeps one inside.
 */
export function positionValues(terms: MarginTerms, state: PositionState): PositionValues {
  const { side, qty, entryValue, leverage, backing, claims } = state;
  if (side === 0) return FLAT;
  const value = terms.maintenanceOn === "entry" ? entryValue : qty * state.mark;
  const fee = feeToClose(side, entryValue, leverage, state.closingFeePct);
  const margined = state.marginMode === "cross" ? value : entryValue;
  const liquidation = liquidationPrice(terms, side, qty, entryValue, backing - claims);
  const bankruptcy = bankruptcyPrice(side, qty, entryValue, backing);
  return {
    liquidationPrice: liquidation > 0 ? liquidation : null,
    bankruptcyPrice: bankruptcy > 0 ? bankruptcy : null,
    initialMargin: initialMargin(margined, leverage) + fee,
    maintenanceMargin: maintenanceMargin(terms.tiers, value) + fee,
  };
}

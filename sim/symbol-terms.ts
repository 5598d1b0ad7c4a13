import { fromUnits } from "#engine/model/grid.ts";
import { REJECT, type RejectCode } from "#engine/model/order-terms.ts";
import { initialMargin } from "#sim/margin.ts";
import type { SimAccount } from "#sim/sim-account.ts";
import type { SimSymbol } from "#sim/sim-symbol.ts";

/** A change may exceed what there is by this share: sums of doubles, not of decimals. */
const ROUNDING = 1e-12;

/**
 * Changes the leverage of a symbol (0: as it is), then the isolated margin of its position by `added` quote units (0:
 * none; below 0 takes out). What a venue refuses changes nothing.
 *
 * Conditions:
 * 1. The leverage is at most that of the instrument and of the tier in which position and resting orders lie.
 * 2. Isolated margin becomes entry value / leverage, out of the free balance or back into it; under cross margin the
 *    initial margin changes. Either needs the balance, for the resting orders too.
 * 3. Margin that is taken out leaves the initial margin. Source: Hyperliquid docs, trading/margining.
 * 4. No change may liquidate the position at the mark of the moment.
 */
export function changeTerms(
  account: SimAccount,
  symbol: SimSymbol,
  leverage: number,
  added: number,
): RejectCode {
  if (leverage > 0 && leverage !== symbol.leverage) {
    const reject = changeLeverage(account, symbol, leverage);
    if (reject !== REJECT.none) return reject;
  }
  return added === 0 ? REJECT.none : addMargin(account, symbol, added);
}

function changeLeverage(account: SimAccount, symbol: SimSymbol, leverage: number): RejectCode {
  const { instrument, position } = symbol;
  const lots = Math.max(account.lotsAhead(symbol, 1), account.lotsAhead(symbol, -1));
  const mark = account.isCross && !symbol.isFlat ? symbol.markNow : symbol.markAt;
  const value = fromUnits(instrument.lot, lots) * mark;
  const isTooHigh = leverage > instrument.maxLeverage || value > symbol.valueMaxOf(leverage);
  if (isTooHigh) return REJECT.leverageTooHigh;
  const before = account.available;
  const { leverage: old, margin } = symbol;
  setTerms(account, symbol, leverage, initialMargin(position.entryValue, leverage));
  const after = account.available;
  const isShort = after < before && after < -Math.abs(account.wallet) * ROUNDING;
  if (!isShort && !symbol.isLiquidatedAt(mark)) return REJECT.none;
  setTerms(account, symbol, old, margin);
  return REJECT.insufficientMargin;
}

function addMargin(account: SimAccount, symbol: SimSymbol, added: number): RejectCode {
  if (account.isCross || symbol.isFlat) return REJECT.insufficientMargin;
  const { margin, leverage, position } = symbol;
  const after = margin + added;
  const rounding = account.wallet * ROUNDING;
  const isShort =
    added > 0
      ? added > account.available + rounding
      : after < initialMargin(position.entryValue, leverage) - rounding;
  if (isShort) return REJECT.insufficientMargin;
  setTerms(account, symbol, leverage, after);
  if (added > 0 || !symbol.isLiquidatedAt(symbol.markAt)) return REJECT.none;
  setTerms(account, symbol, leverage, margin);
  return REJECT.insufficientMargin;
}

function setTerms(account: SimAccount, symbol: SimSymbol, leverage: number, margin: number): void {
  symbol.setLeverage(leverage);
  symbol.hasChanged = true;
  if (account.isCross) {
    account.revalue();
  } else {
    symbol.margin = margin;
    symbol.reprice();
  }
}

import { sma } from "#engine/indicators/moving-averages.ts";
import { defineStrategy } from "#engine/strategy/define-strategy.ts";
import { param } from "#engine/strategy/params.ts";
import type { SymbolContext } from "#engine/strategy/symbol-context.ts";

const LOOKBACK_MAX = 2000;
/** Values of the legs may differ by this share; more means that one was filled in part. */
const IMBALANCE_MAX = 0.25;
/** Variance of a ratio that does not move, as sums of doubles see it. */
const STILL = 1e-20;

/**
 * Pairs trading: when the log of the price ratio of two symbols is more than `entryZ` standard deviations away from
 * its mean of `lookback` bars, the dear one is sold and the cheap one bought for the same money, until the ratio is
 * back at the mean. Beyond `stopZ` the pair has come apart: out, and no entry before it has been back at the mean.
 * The two deviations are those of E. Gatev, W. Goetzmann and K. Rouwenhorst ("Pairs Trading", RFS 19, 2006).
 */
export const pairsSpread = defineStrategy({
  name: "pairs-spread",
  description: "Market-neutral reversion of the price ratio of two symbols",
  scope: "portfolio",
  symbolCount: 2,
  params: {
    lookback: param.int(100, { min: 5, max: LOOKBACK_MAX, doc: "Bars of mean and deviation" }),
    entryZ: param.number(2, { min: 0.1, max: 10, doc: "In beyond so many deviations" }),
    exitZ: param.number(0, { min: 0, max: 5, doc: "Out when no more are left, 0 for the mean" }),
    stopZ: param.number(4, { min: 0.2, max: 50, doc: "Out at a loss beyond so many" }),
    legPct: param.number(40, { min: 0.1, max: 1000, doc: "Value of a leg in percent of equity" }),
  },
  // Asks for the history that fills the window before the first decision.
  indicators: ({ params }) => ({ history: sma(params.lookback) }),
  state: () => new RatioWindow(LOOKBACK_MAX),
  onBars(ctx) {
    const { params, state } = ctx;
    const [first, second] = ctx.symbols;
    if (first === undefined || second === undefined) return;
    const z = state.follow(first, second, params.lookback);
    // Above its mean the first is the dear one; a pair that came apart stays so until it has been back.
    if (state.apart * z <= params.exitZ) state.apart = 0;

    const a = first.position;
    const b = second.position;
    const isSettled = first.orders.length === 0 && second.orders.length === 0;
    if (a.isFlat && b.isFlat) {
      const isEntry = Math.abs(z) > params.entryZ && Math.abs(z) < params.stopZ;
      if (!isEntry || !isSettled || state.apart !== 0) return;
      const [dear, cheap] = z > 0 ? [first, second] : [second, first];
      dear.enterShort({ qty: dear.size.percentOfEquity(params.legPct), tag: "dear" });
      cheap.enterLong({ qty: cheap.size.percentOfEquity(params.legPct), tag: "cheap" });
      return;
    }
    const away = Math.sign(b.qty - a.qty) * z;
    const isBroken = isSettled && !isBalanced(first, second);
    if (away > params.stopZ || isBroken) state.apart = Math.sign(b.qty - a.qty);
    else if (!(away <= params.exitZ)) return;
    const tag = isBroken ? "legs differ" : away > params.stopZ ? "apart" : "at the mean";
    leave(first, tag);
    leave(second, tag);
  },
});

type Leg = SymbolContext<unknown, unknown, undefined>;

/** Closes a leg, the part of its entry that is still to be filled included. */
function leave(leg: Leg, tag: string): void {
  for (const order of leg.orders) if (!order.reduceOnly) leg.cancel(order.ref);
  leg.exit({ tag });
}

function isBalanced(first: Leg, second: Leg): boolean {
  // A flat leg has no entry price, and no comparison with NaN holds.
  const a = Math.abs(first.position.qty) * first.position.entryPrice;
  const b = Math.abs(second.position.qty) * second.position.entryPrice;
  return Math.abs(a - b) <= IMBALANCE_MAX * Math.max(a, b);
}

/** The last values of ln(first / second) at bars that both symbols have. */
class RatioWindow {
  /** 1 or −1: the side of the mean on which the pair was given up; 0 while it holds together. */
  apart = 0;
  readonly #values: Float64Array;
  #count = 0;
  #time = Number.NEGATIVE_INFINITY;

  constructor(size: number) {
    this.#values = new Float64Array(size);
  }

  /** Takes in the bars since the last call; returns how many deviations the newest lies from the mean, or NaN. */
  follow(first: Leg, second: Leg, lookback: number): number {
    for (let ago = this.#count === 0 ? lookback - 1 : 0; ago >= 0; ago--) {
      const time = first.bar.timeAt(ago);
      const ratio = Math.log(first.bar.closeAt(ago) / second.bar.closeAt(ago));
      // A bar that only one of them has, was seen before, or has no usable price tells nothing of the pair.
      if (time !== second.bar.timeAt(ago) || !(time > this.#time) || !Number.isFinite(ratio))
        continue;
      this.#values[this.#count % lookback] = ratio;
      this.#count += 1;
      this.#time = time;
    }
    return this.#time === first.bar.time && this.#count >= lookback
      ? this.#deviations(lookback)
      : Number.NaN;
  }

  #deviations(lookback: number): number {
    const values = this.#values;
    let mean = 0;
    for (let at = 0; at < lookback; at++) mean += (values[at] as number) / lookback;
    let variance = 0;
    for (let at = 0; at < lookback; at++) {
      variance += ((values[at] as number) - mean) ** 2 / lookback;
    }
    const newest = values[(this.#count - 1) % lookback] as number;
    return variance > STILL ? (newest - mean) / Math.sqrt(variance) : Number.NaN;
  }
}

import type { Engine } from "#engine/engine.ts";
import { fromUnits } from "#engine/model/grid.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import { isTerminal, STATUS } from "#engine/orders/order-status.ts";
import type { CheckerTerms } from "./checker.ts";
import type { TargetView } from "./target-view.ts";

/** What rounding makes of a value. */
const TOLERANCE = 1e-6;

/**
 * I58: with every order filled that may open on the side of one that is sent, those of unknown outcome too, a cap per
 * symbol holds. The other side may be beyond it: its orders may have been sent under other limits.
 */
export const caps: CheckerTerms = {
  invariant: "I58",
  make: (_run, tell) => {
    const lows = new LowestPrices();
    return {
      onRecord: ({ target, requests, isReplay }) => {
        const engine = isReplay ? null : target.engine;
        if (engine !== null) lows.see(target, engine);
        const cap = engine?.risk.limits.maxNotionalPerSymbol;
        if (engine === null || cap === undefined) return;
        for (const { kind, reduceOnly, order: id } of requests) {
          const sent = kind === "place" && !reduceOnly ? target.orders.get(id) : undefined;
          if (sent === undefined) continue;
          const { symbol, side } = sent;
          let lots = side * (target.lots[symbol] ?? 0);
          for (const order of engine.orderManager.store.working(symbol)) {
            const mayFill = order.status !== STATUS.planned && !isTerminal(order.status);
            if (order.side !== side || order.reduceOnly || !mayFill) continue;
            lots += Math.max(0, Math.max(order.qtyLots, order.wantedLots) - order.filledLots);
          }
          const { lot } = target.instrument(symbol);
          const price = Math.min(
            lows.of(target, symbol),
            lowestLimit(engine, symbol, target.instrument(symbol)),
          );
          const value = fromUnits(lot, lots) * price;
          if (value <= cap * (1 + TOLERANCE)) continue;
          tell(`At most ${cap} of ${target.key} ${symbol}: ${lots} lots at ${price} are ${value}`);
        }
      },
    };
  },
};

/**
 * The lowest last price that an account has seen of each place: an order without a limit counts with the one of its
 * approval, or of the start after it. What is above a cap even at the lowest is above it.
 */
class LowestPrices {
  readonly #prices = new Map<TargetView, number[]>();

  see(target: TargetView, { desk: { lastPrices } }: Engine): void {
    const lowest = this.#prices.get(target) ?? [];
    lastPrices.forEach((price, at) => {
      if (!(price >= (lowest[at] ?? Number.POSITIVE_INFINITY))) lowest[at] = price;
    });
    this.#prices.set(target, lowest);
  }

  of(target: TargetView, symbol: number): number {
    return this.#prices.get(target)?.[symbol] ?? Number.NaN;
  }
}

function lowestLimit(engine: Engine, symbol: number, { tick }: Instrument): number {
  const prices = engine.orderManager.store
    .working(symbol)
    .flatMap(({ priceTicks }) => (Number.isNaN(priceTicks) ? [] : [fromUnits(tick, priceTicks)]));
  return Math.min(...prices);
}

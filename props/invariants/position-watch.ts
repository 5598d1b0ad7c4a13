import type { Position } from "#engine/ledger/position.ts";
import { isoTime } from "#engine/market/iso-time.ts";
import { COMMAND } from "#engine/model/command.ts";
import { EVENT } from "#engine/model/event.ts";
import { fromUnits } from "#engine/model/grid.ts";
import { hasLimitPrice, ORDER_TYPE, type OrderType } from "#engine/model/order-terms.ts";
import type { Order } from "#engine/orders/order-store.ts";
import { holds } from "#props/invariants/invariant-broken.ts";
import type { RunWatch } from "#props/invariants/played-run.ts";
import type { Backtest } from "#sim/backtest.ts";

/** What a position may be and what must stand beside it; what is absent is not asked for. */
export interface PositionTerms {
  /**
   * Whether every position must have a stop (or a trailing stop) for all of it after every decision; a close of all of
   * it at the market that is on its way counts as well.
   */
  readonly isProtected?: boolean | undefined;
  /** What positions and entries on their way may be worth, as a multiple of the equity. */
  readonly maxLeverage?: number | undefined;
  /** The same in quote units. */
  readonly maxNotional?: number | undefined;
}

const STOPS: readonly OrderType[] = [
  ORDER_TYPE.stopMarket,
  ORDER_TYPE.stopLimit,
  ORDER_TYPE.trailingStop,
];
/** Sizes are rounded to lots, and a strategy that asks for all of its equity means that. */
const ROUNDING = 1e-9;

/** Looks at the account after every decision, with the orders that are on their way. */
export function watchPositions(terms: PositionTerms): RunWatch {
  return (backtest, event) => {
    if (event.kind !== EVENT.decide) return;
    if (terms.isProtected === true) expectStops(backtest, event.time);
    expectLimits(backtest, terms, event.time);
  };
}

function expectStops({ engine, symbols }: Backtest, time: number): void {
  engine.ledger.positions.forEach(({ qtyLots }, slot) => {
    if (qtyLots === 0) return;
    const covering = engine.desk.store.working(slot).filter((order) => covers(order, qtyLots));
    // The size that was asked for counts: the change is on its way.
    const left = covering.reduce((sum, order) => sum + order.wantedLots - order.filledLots, 0);
    holds("isProtected", left >= Math.abs(qtyLots), () => {
      const { instrument } = symbols[slot] as Backtest["symbols"][number];
      const qty = (lots: number): number => fromUnits(instrument.lot, lots);
      return `After the decision of ${isoTime(time)} ${qty(Math.abs(qtyLots))} of ${qty(qtyLots)} ${instrument.symbol} want a stop, orders for ${qty(left)} are there`;
    });
  });
}

/** Goes against the position and ends it when its price comes, or at once. */
function covers({ side, type, reduceOnly }: Order, held: number): boolean {
  return reduceOnly && side * held < 0 && (STOPS.includes(type) || type === ORDER_TYPE.market);
}

/** Only a decision that sends an order which may open can break a limit: prices alone move a position anywhere. */
function expectLimits(
  { engine, symbols }: Backtest,
  { maxLeverage, maxNotional }: PositionTerms,
  time: number,
): void {
  if (maxLeverage === undefined && maxNotional === undefined) return;
  const { outbox, desk, ledger } = engine;
  let mayOpen = false;
  for (let at = 0; at < outbox.length; at++) {
    const { kind, reduceOnly } = outbox.at(at);
    mayOpen ||= kind <= COMMAND.amend && !reduceOnly;
  }
  if (!mayOpen) return;
  const total = ledger.positions.reduce((sum, position, slot) => {
    const { instrument } = symbols[slot] as Backtest["symbols"][number];
    return sum + worstValue(position, desk.store.working(slot), desk.lastPrice(slot), instrument);
  }, 0);
  const equity = desk.equity();
  const told = (limit: number): string =>
    `With the orders of ${isoTime(time)} up to ${total} could be held, the limit is ${limit}`;
  if (maxLeverage !== undefined) {
    const limit = maxLeverage * equity;
    const isWithin = total <= limit * (1 + ROUNDING);
    holds("maxLeverage", isWithin, () => `${told(limit)} (${maxLeverage} × ${equity})`);
  }
  if (maxNotional !== undefined) {
    holds("maxNotional", total <= maxNotional * (1 + ROUNDING), () => told(maxNotional));
  }
}

/** The larger of what could be held long and short, quote units. */
function worstValue(
  { qtyLots }: Position,
  orders: readonly Order[],
  lastPrice: number,
  instrument: Backtest["symbols"][number]["instrument"],
): number {
  const { lot, tick } = instrument;
  let long = Math.max(0, fromUnits(lot, qtyLots)) * lastPrice;
  let short = Math.max(0, fromUnits(lot, -qtyLots)) * lastPrice;
  for (const order of orders) {
    if (order.reduceOnly) continue;
    const price = hasLimitPrice(order.type) ? fromUnits(tick, order.priceTicks) : lastPrice;
    const value = fromUnits(lot, order.qtyLots - order.filledLots) * price;
    if (order.side > 0) long += value;
    else short += value;
  }
  return Math.max(long, short);
}

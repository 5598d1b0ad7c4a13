import { must } from "#engine/assert.ts";
import type { OpenTrade } from "#engine/ledger/trade-log.ts";
import { COMMAND, type Command } from "#engine/model/command.ts";
import { type EngineEvent, EVENT } from "#engine/model/event.ts";
import { fromUnits } from "#engine/model/grid.ts";
import {
  LIQUIDITY,
  ORDER_TYPE,
  type OrderTypeName,
  purposeName,
  rejectName,
} from "#engine/model/order-terms.ts";
import { unpackKey } from "#engine/orders/intent-key.ts";
import type { Backtest } from "#sim/backtest.ts";
import type { SimSymbol } from "#sim/sim-symbol.ts";
import { conditionWords } from "./condition-words.ts";
import { seenBar } from "./path-context.ts";
import type {
  ExecutionMoment,
  Moment,
  OrderMoment,
  OrderTerms,
  Phase,
  SeenBar,
  SeenOrder,
  SeenPosition,
} from "./path-moments.ts";

const TYPE_NAMES = Object.keys(ORDER_TYPE) as readonly OrderTypeName[];

/** Commands about an order; the others are not part of its path. */
const SENT: readonly ("orderSent" | "amendSent" | "cancelSent")[] = [
  "orderSent",
  "amendSent",
  "cancelSent",
];

/** News of orders by the number of their kind. */
const NEWS: ReadonlyMap<number, OrderMoment["kind"]> = new Map([
  [EVENT.orderAccepted, "orderAccepted"],
  [EVENT.orderRejected, "orderRejected"],
  [EVENT.orderTriggered, "orderTriggered"],
  [EVENT.orderAmended, "orderAmended"],
  [EVENT.orderCancelled, "orderCancelled"],
  [EVENT.orderExpired, "orderExpired"],
  [EVENT.commandRejected, "commandRejected"],
  [EVENT.unknownOutcome, "unknownOutcome"],
]);

const EXECUTIONS: ReadonlySet<number> = new Set([
  EVENT.orderFilled,
  EVENT.orderPartiallyFilled,
  EVENT.liquidated,
]);

/**
 * Looks over the shoulder of a backtest: every command that the engine sends and every event that the venue tells,
 * with the bar and the position at that moment. It stands between the two and changes nothing, which the trace hash
 * proves. Amended prices, marks and references are not in the records, so a journal could not tell as much.
 */
export class PathRecorder {
  readonly moments: Moment[] = [];
  readonly #backtest: Backtest;
  /** Of these symbols only; null for all. */
  readonly #wanted: string | null;
  readonly #orders = new Map<number, SeenOrder>();
  readonly #rates: number[] = [];

  /** Begins to look; to be called before the first bar. */
  constructor(backtest: Backtest, symbol: string | null) {
    this.#backtest = backtest;
    this.#wanted = symbol;
    const { engine, exchange } = backtest;
    const process = engine.process.bind(engine);
    engine.process = (event) => {
      if (!this.#isWanted(event)) process(event);
      else this.#onEvent(event, process);
    };
    const submit = exchange.submit.bind(exchange);
    exchange.submit = (command) => {
      this.#onCommand(command);
      submit(command);
    };
  }

  #isWanted(event: EngineEvent): boolean {
    if (event.kind < EVENT.fundingRate || event.kind === EVENT.decide) return false;
    return this.#wanted === null || this.#symbol(event.symbol).instrument.symbol === this.#wanted;
  }

  #symbol(index: number): SimSymbol {
    return must(this.#backtest.exchange.symbols[index], "An event names a symbol of the run");
  }

  #onCommand(command: Command): void {
    const symbol = this.#symbol(command.symbol);
    const name = symbol.instrument.symbol;
    if (this.#wanted !== null && name !== this.#wanted) return;
    const kind = SENT[command.kind];
    if (kind === undefined) return;
    const terms = this.#terms(symbol, command);
    if (command.kind === COMMAND.place) this.#addOrder(symbol, command, terms);
    const order = this.#orders.get(command.requestId);
    if (order === undefined) return;
    const asked = command.kind === COMMAND.amend ? { ...order.terms, ...present(terms) } : terms;
    this.#addNews(kind, order, command.time, command.kind === COMMAND.cancel ? order.terms : asked);
  }

  #addOrder(symbol: SimSymbol, command: Command, terms: OrderTerms): void {
    const { strategy, leg, sequence } = unpackKey(command.keyRest);
    const order = this.#backtest.engine.orderManager.store.find(command.requestId);
    this.#orders.set(command.requestId, {
      requestId: command.requestId,
      slot: command.symbol,
      symbol: symbol.instrument.symbol,
      strategy,
      decidedAt: command.decidedAt,
      sequence,
      side: command.side > 0 ? "buy" : "sell",
      type: TYPE_NAMES[command.type] ?? "market",
      purpose: purposeName(leg),
      tag: order?.tag ?? null,
      reduceOnly: command.reduceOnly,
      conditions: [
        ...(symbol.twin === null ? [] : [symbol.index % 2 === 0 ? "long side" : "short side"]),
        ...conditionWords(command.conditions, symbol.instrument.tick),
      ],
      terms,
      triggeredAt: null,
      executions: 0,
      moments: [],
    });
  }

  #onEvent(event: EngineEvent, process: (event: EngineEvent) => void): void {
    const symbol = this.#symbol(event.symbol);
    const before = this.#position(symbol);
    process(event);
    const news = NEWS.get(event.kind);
    if (news !== undefined) {
      this.#onNews(news, event, symbol);
      return;
    }
    const { kind } = event;
    if (kind === EVENT.fundingRate) this.#rates[event.symbol] = event.price;
    else if (kind === EVENT.fundingPaid) this.#onFunding(event, symbol, before);
    else if (kind === EVENT.positionChanged) this.#onPosition(symbol);
    else if (EXECUTIONS.has(kind)) this.#onExecution(event, symbol, before);
  }

  #onNews(kind: OrderMoment["kind"], event: EngineEvent, symbol: SimSymbol): void {
    const order = this.#orders.get(event.requestId);
    if (order === undefined) return;
    if (kind === "orderAmended") order.terms = this.#terms(symbol, event);
    if (kind === "orderTriggered") {
      order.triggeredAt = event.time;
      // A trailing stop has moved on its way: the venue knows where it stands now.
      const held = symbol.findOrder(event.requestId);
      if (held !== null) order.terms = this.#terms(symbol, held);
    }
    const bar = kind === "orderTriggered" ? barOf(symbol) : null;
    this.#addNews(kind, order, event.time, order.terms, rejectName(event.reason), bar);
  }

  #addNews(
    kind: OrderMoment["kind"],
    order: SeenOrder,
    time: number,
    terms: OrderTerms,
    reason: OrderMoment["reason"] = "none",
    bar: SeenBar | null = null,
  ): void {
    const index = this.moments.length;
    const { slot, symbol } = order;
    const moment: OrderMoment = { index, time, slot, symbol, kind, order, terms, reason, bar };
    this.moments.push(moment);
    order.moments.push(moment);
  }

  #onFunding(event: EngineEvent, symbol: SimSymbol, before: SeenPosition): void {
    this.moments.push({
      index: this.moments.length,
      time: event.time,
      slot: event.symbol,
      symbol: symbol.instrument.symbol,
      kind: "fundingPaid",
      amount: event.amount,
      rate: this.#rates[event.symbol] ?? Number.NaN,
      price: event.price,
      qty: before.qty,
      tradeId: before.tradeId,
      liquidation: null,
    });
  }

  #onExecution(event: EngineEvent, symbol: SimSymbol, before: SeenPosition): void {
    const { tick, lot } = symbol.instrument;
    const isLiquidation = event.kind === EVENT.liquidated;
    const order = isLiquidation ? null : (this.#orders.get(event.requestId) ?? null);
    const moment: ExecutionMoment = {
      index: this.moments.length,
      time: event.time,
      slot: event.symbol,
      symbol: symbol.instrument.symbol,
      kind: isLiquidation
        ? "liquidated"
        : event.kind === EVENT.orderFilled
          ? "orderFilled"
          : "orderPartiallyFilled",
      order,
      side: event.side > 0 ? "buy" : "sell",
      qty: fromUnits(lot, event.qtyLots),
      price: fromUnits(tick, event.priceTicks),
      reference: fromUnits(tick, event.referenceTicks),
      liquidity: event.liquidity === LIQUIDITY.maker ? "maker" : "taker",
      fee: event.fee,
      participation: event.participation,
      phase: phaseOf(symbol, event.time),
      bar: barOf(symbol),
      isTriggeredNow: order !== null && order.triggeredAt === event.time,
      earlier: order?.executions ?? 0,
      terms: order?.terms ?? null,
      before,
      after: this.#position(symbol),
    };
    if (order !== null) {
      order.executions += 1;
      order.moments.push(moment);
    }
    this.moments.push(moment);
  }

  /** The venue tells the position after an execution or a payment: the liquidation price is known from here on. */
  #onPosition(symbol: SimSymbol): void {
    for (let at = this.moments.length - 1; at >= 0; at--) {
      const moment = this.moments[at] as Moment;
      if (moment.slot !== symbol.index) continue;
      const { liquidation } = this.#position(symbol);
      if (moment.kind === "fundingPaid") moment.liquidation = liquidation;
      else if ("after" in moment) moment.after = { ...moment.after, liquidation };
      else continue;
      return;
    }
  }

  #position(symbol: SimSymbol): SeenPosition {
    const { ledger, liquidationPrices } = this.#backtest.engine;
    const trade = ledger.trades.open[symbol.index] as OpenTrade;
    return {
      qty: must(ledger.positions[symbol.index], "Every symbol has a position").qty,
      tradeId: trade.isOpen ? trade.id : null,
      liquidation: liquidationPrices[symbol.index] ?? Number.NaN,
    };
  }

  #terms(
    { instrument }: SimSymbol,
    { qtyLots, priceTicks, triggerTicks }: Pick<Command, "qtyLots" | "priceTicks" | "triggerTicks">,
  ): OrderTerms {
    const { tick, lot } = instrument;
    return {
      qty: fromUnits(lot, qtyLots),
      price: Number.isNaN(priceTicks) ? null : fromUnits(tick, priceTicks),
      trigger: Number.isNaN(triggerTicks) ? null : fromUnits(tick, triggerTicks),
    };
  }
}

/** What an amendment names; the rest stays as it is. */
function present(terms: OrderTerms): Partial<OrderTerms> {
  return Object.fromEntries(
    Object.entries(terms).filter(([, value]) => value !== null && !Number.isNaN(value)),
  );
}

function phaseOf({ openTime, closeTime }: SimSymbol, time: number): Phase {
  if (time === openTime) return "open";
  return time === closeTime ? "close" : "inside";
}

function barOf({ bars, bar, mark }: SimSymbol): SeenBar {
  const seen = seenBar(bars, bar);
  if (!mark.isStored) return seen;
  return { ...seen, mark: { open: mark.open, high: mark.high, low: mark.low } };
}

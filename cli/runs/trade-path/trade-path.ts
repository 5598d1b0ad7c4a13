import type { TradeDocument } from "#cli/backtest/run-document.ts";
import type { AgedDetails } from "./aged-events.ts";
import { type Excursions, findExcursions } from "./excursions.ts";
import { type DecidedBy, decidedBy } from "./execution-rule.ts";
import type { PathContext } from "./path-context.ts";
import {
  type ExecutionMoment,
  type FundingMoment,
  isExecution,
  type Moment,
  type OrderMoment,
  type OrderTerms,
  type SeenBar,
  type SeenOrder,
} from "./path-moments.ts";
import { closingText, executionText, fundingText, intentText, newsText } from "./path-words.ts";

/** A bar of a path, its time ISO-8601 UTC. */
export type PathBar = Omit<SeenBar, "time"> & { readonly time: string };

/** One step of a trade. Which details there are depends on `event`; prices in quote units, quantities in base units. */
export interface TradeEvent {
  /** ISO-8601 UTC. */
  readonly time: string;
  readonly event: "decision" | "intent" | "aged" | "closed" | "openAtEnd" | Moment["kind"];
  /** Number of the order within this path; null where it is about none. */
  readonly order: number | null;
  /** The step in one sentence. */
  readonly says: string;
  readonly bar?: PathBar | undefined;
  readonly rule?: DecidedBy | undefined;
  readonly intent?: object | undefined;
  readonly terms?: OrderTerms | undefined;
  readonly reason?: string | undefined;
  readonly execution?: ExecutionDetails | undefined;
  readonly funding?: FundingDetails | undefined;
  readonly aged?: AgedDetails | undefined;
}

export interface ExecutionDetails {
  readonly side: "buy" | "sell";
  /** The part of the execution that belongs to this trade. */
  readonly qty: number;
  readonly price: number;
  readonly reference: number;
  /** Money lost to slippage, ≥ 0. */
  readonly slippage: number;
  readonly fee: number;
  readonly liquidity: "maker" | "taker";
  /** Share of the bar's volume; null where unknown. */
  readonly participation: number | null;
  readonly positionBefore: number;
  readonly positionAfter: number;
  /** Null when flat. */
  readonly liquidationPrice: number | null;
}

export interface FundingDetails {
  readonly rate: number;
  /** The mark, or the index where the venue settles on that. */
  readonly price: number;
  readonly qty: number;
  /** Positive: received. */
  readonly amount: number;
}

/** A trade with everything that happened to it. */
export interface TradePath extends TradeDocument {
  readonly events: readonly TradeEvent[];
  readonly excursions: Excursions;
}

/**
 * The path of one trade out of the moments of its run. Its orders are those that filled in it, those that were sent
 * while it was open, and the reduce-only ones that worked then; of each everything until the trade is flat, and its
 * end after that. @returns null when no execution opens a trade of this number.
 */
export function tradePath(
  trade: TradeDocument,
  moments: readonly Moment[],
  context: PathContext,
): TradePath | null {
  const frame = frameOf(trade.id, moments);
  if (frame === null) return null;
  const chosen = moments.filter((moment) => belongs(moment, frame));
  const numbers = new Map<SeenOrder, number>();
  for (const { order } of ordersOf(chosen)) {
    if (!numbers.has(order)) numbers.set(order, numbers.size + 1);
  }
  const events: TradeEvent[] = [];
  let decided = "";
  for (const moment of chosen) {
    if (moment.kind === "orderSent") {
      const { order } = moment;
      const decision = `${order.decidedAt} ${order.strategy}`;
      if (decision !== decided) events.push(decisionEvent(order, context));
      decided = decision;
      events.push(intentEvent(order, moment, numbers));
    }
    events.push(eventOf(moment, trade.id, numbers, context));
  }
  events.push(endEvent(trade, chosen, numbers));
  return { ...trade, events, excursions: findExcursions(trade, chosen, context) };
}

interface Frame {
  readonly tradeId: number;
  readonly first: number;
  /** Index of the execution that made it flat; Infinity while it is open. */
  readonly last: number;
  readonly lastTime: number;
  readonly orders: ReadonlySet<SeenOrder>;
}

function frameOf(tradeId: number, moments: readonly Moment[]): Frame | null {
  const executions = moments.filter(
    (moment): moment is ExecutionMoment => isExecution(moment) && isOf(moment, tradeId),
  );
  const [opening] = executions;
  const closing = executions.at(-1);
  if (opening === undefined || closing === undefined) return null;
  const isClosed = closing.after.tradeId !== tradeId;
  const first = opening.index;
  const last = isClosed ? closing.index : Number.POSITIVE_INFINITY;
  const orders = new Set<SeenOrder>();
  for (const { order } of executions) if (order !== null) orders.add(order);
  for (const moment of ordersOf(moments)) {
    const { order, index, slot } = moment;
    if (slot !== opening.slot || index >= last) continue;
    if (moment.kind === "orderSent" && index > first) orders.add(order);
    else if (order.reduceOnly && index > first) orders.add(order);
  }
  return { tradeId, first, last, lastTime: closing.time, orders };
}

/** Whether an execution opens, changes or closes a trade. */
export function isOf({ before, after }: ExecutionMoment, tradeId: number): boolean {
  return before.tradeId === tradeId || after.tradeId === tradeId;
}

function belongs(moment: Moment, frame: Frame): boolean {
  if (isExecution(moment)) return isOf(moment, frame.tradeId);
  if (moment.kind === "fundingPaid") return moment.tradeId === frame.tradeId;
  if (!frame.orders.has(moment.order)) return false;
  if (moment.index < frame.last) return true;
  // What ends because the position did is told after it, at once or when the cancel arrives.
  const isEnd = moment.kind === "orderCancelled" || moment.kind === "orderExpired";
  if (moment.kind === "cancelSent") return moment.time === frame.lastTime;
  return isEnd && moment.order.reduceOnly;
}

function ordersOf(moments: readonly Moment[]): readonly (OrderMoment & { order: SeenOrder })[] {
  return moments.filter(
    (moment): moment is OrderMoment => !isExecution(moment) && moment.kind !== "fundingPaid",
  );
}

function eventOf(
  moment: Moment,
  tradeId: number,
  numbers: ReadonlyMap<SeenOrder, number>,
  context: PathContext,
): TradeEvent {
  if (moment.kind === "fundingPaid") return fundingEvent(moment, context);
  if (isExecution(moment)) return executionEvent(moment, tradeId, numbers, context);
  const { order, terms, reason, bar } = moment;
  return {
    time: isoTime(moment.time),
    event: moment.kind,
    order: numbers.get(order) ?? null,
    says: newsText(moment, context),
    terms,
    ...(reason === "none" ? {} : { reason }),
    ...(bar === null ? {} : { bar: pathBar(bar) }),
  };
}

function decisionEvent(order: SeenOrder, context: PathContext): TradeEvent {
  const bar = context.strategyBar(order.symbol, order.decidedAt);
  const isAged = order.purpose === "aged";
  const rules = isAged ? "the aged rules decided" : "the exit rules decided";
  const who = order.strategy === 0 ? rules : "the strategy decided";
  const says =
    bar !== null
      ? `${who} at the close of the bar of ${isoTime(bar.time)}`
      : `${who} ${isAged ? "at the close of a finer candle" : "when an execution was told"}`;
  return {
    time: isoTime(order.decidedAt),
    event: "decision",
    order: null,
    says,
    ...(bar === null ? {} : { bar: pathBar(bar) }),
  };
}

function intentEvent(
  order: SeenOrder,
  { terms }: OrderMoment,
  numbers: ReadonlyMap<SeenOrder, number>,
): TradeEvent {
  const { side, type, purpose, tag, reduceOnly, conditions, strategy, sequence } = order;
  return {
    time: isoTime(order.decidedAt),
    event: "intent",
    order: numbers.get(order) ?? null,
    says: intentText(order, terms),
    intent: { side, type, purpose, tag, reduceOnly, conditions, strategy, sequence },
    terms,
  };
}

function executionEvent(
  moment: ExecutionMoment,
  tradeId: number,
  numbers: ReadonlyMap<SeenOrder, number>,
  context: PathContext,
): TradeEvent {
  const execution = partOf(moment, tradeId);
  const rule = decidedBy(moment, context.settings);
  return {
    time: isoTime(moment.time),
    event: moment.kind,
    order: moment.order === null ? null : (numbers.get(moment.order) ?? null),
    says: executionText(moment, execution, rule),
    rule,
    bar: pathBar(moment.bar),
    execution,
  };
}

/** What of an execution belongs to a trade: a flip closes one and opens the next. */
function partOf(moment: ExecutionMoment, tradeId: number): ExecutionDetails {
  const { before, after, side, price, reference, liquidity, participation } = moment;
  const isFlip =
    before.tradeId !== null && after.tradeId !== null && before.tradeId !== after.tradeId;
  const isClosing = before.tradeId === tradeId;
  const qty = isFlip ? Math.abs(isClosing ? before.qty : after.qty) : moment.qty;
  return {
    side,
    qty,
    price,
    reference,
    slippage: Math.abs(price - reference) * qty,
    fee: isFlip ? moment.fee * (qty / moment.qty) : moment.fee,
    liquidity,
    participation: Number.isFinite(participation) ? participation : null,
    positionBefore: isFlip && !isClosing ? 0 : before.qty,
    positionAfter: isFlip && isClosing ? 0 : after.qty,
    liquidationPrice:
      (isFlip && isClosing) || Number.isNaN(after.liquidation) ? null : after.liquidation,
  };
}

function fundingEvent(moment: FundingMoment, context: PathContext): TradeEvent {
  const { rate, price, qty, amount } = moment;
  return {
    time: isoTime(moment.time),
    event: "fundingPaid",
    order: null,
    says: fundingText(moment, context),
    funding: { rate, price, qty, amount },
  };
}

function endEvent(
  trade: TradeDocument,
  chosen: readonly Moment[],
  numbers: ReadonlyMap<SeenOrder, number>,
): TradeEvent {
  if (trade.closedAt === null) {
    const time = isoTime(chosen.at(-1)?.time ?? Date.parse(trade.openedAt));
    const says = "still open when the run ended: marked there, not counted";
    return { time, event: "openAtEnd", order: null, says };
  }
  const closing = chosen.filter(isExecution).at(-1);
  const order = closing?.order ?? null;
  return {
    time: trade.closedAt,
    event: "closed",
    order: order === null ? null : (numbers.get(order) ?? null),
    says: closingText(trade, closing),
    ...(trade.exitReason === null ? {} : { reason: trade.exitReason }),
  };
}

export function isoTime(time: number): string {
  return new Date(time).toISOString();
}

function pathBar(bar: SeenBar): PathBar {
  return { ...bar, time: isoTime(bar.time) };
}

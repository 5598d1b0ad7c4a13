import { EngineEvent, EVENT } from "#engine/model/event.ts";
import { LIQUIDITY } from "#engine/model/order-terms.ts";
import type { VenueExecution } from "#engine/model/venue-snapshot.ts";
import type { Answer, FoundOrder, LookupAsk, OrderName } from "#live/ports/venue-port.ts";

/** Where an order can have left a trace, in the order of asking: one that leaves the open ones is among the ended. */
const PLACES: readonly LookupAsk["where"][] = ["open", "closed", "executions"];

/** What a look-up is about and who hears of it. */
export interface LookupTerms {
  readonly requestId: number;
  readonly name: OrderName;
  /** Epoch ms of the engine. */
  readonly begunAt: number;
  readonly ask: (ask: LookupAsk, done: (answer: Answer) => void) => void;
  /** The event is used again after the call. */
  readonly tell: (event: EngineEvent) => void;
  readonly done: () => void;
}

/**
 * Looks for one order everywhere a venue keeps some and tells what it found as the news that was missed: executions
 * first, then how the order stands. Only when every place has answered that it has nothing is that news, too.
 */
export function lookUpOrder(terms: LookupTerms): void {
  let isComplete = true;
  let order: FoundOrder | null = null;
  const executions: VenueExecution[] = [];

  const askNext = (place: number): void => {
    const where = PLACES[place];
    if (where === undefined) {
      conclude();
      return;
    }
    terms.ask({ kind: "lookup", where, ...terms.name }, (answer) => {
      if (answer.kind === "foundOrder") order ??= answer.order;
      else if (answer.kind === "foundExecutions") executions.push(...answer.executions);
      else if (answer.kind !== "notFound") isComplete = false;
      askNext(place + 1);
    });
  };

  const conclude = (): void => {
    for (const execution of executions) terms.tell(executionNews(terms.requestId, execution));
    if (order !== null) tellOrder(terms, order);
    else if (isComplete && executions.length === 0) {
      const event = news(EVENT.orderNotFound, terms.requestId);
      event.amount = terms.begunAt;
      terms.tell(event);
    }
    terms.done();
  };

  askNext(0);
}

function tellOrder(terms: LookupTerms, found: FoundOrder): void {
  const event = news(STATUS_NEWS[found.status], terms.requestId);
  event.symbol = found.index;
  event.qtyLots = found.qtyLots;
  event.priceTicks = found.priceTicks;
  event.triggerTicks = found.triggerTicks;
  terms.tell(event);
}

/** How the state of a found order is told; a filled one has been accepted, its executions say the rest: an answer is no fill. */
const STATUS_NEWS = {
  open: EVENT.orderFoundOpen,
  filled: EVENT.orderAccepted,
  cancelled: EVENT.orderCancelled,
  rejected: EVENT.orderRejected,
  expired: EVENT.orderExpired,
} as const satisfies Record<FoundOrder["status"], number>;

/** An execution out of a list as the news that its stream would have brought. */
export function executionNews(requestId: number, execution: VenueExecution): EngineEvent {
  const event = news(EVENT.orderPartiallyFilled, requestId);
  event.symbol = execution.index;
  event.index = -1;
  event.asOf = execution.time;
  event.executionId = execution.executionId;
  event.side = execution.side;
  event.qtyLots = execution.qtyLots;
  event.priceTicks = execution.priceTicks;
  event.referenceTicks = execution.priceTicks;
  event.liquidity = execution.isMaker ? LIQUIDITY.maker : LIQUIDITY.taker;
  event.fee = execution.fee;
  return event;
}

function news(kind: EngineEvent["kind"], requestId: number): EngineEvent {
  const event = new EngineEvent();
  event.kind = kind;
  event.requestId = requestId;
  return event;
}

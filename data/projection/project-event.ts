import { onGrid } from "./memory.ts";
import type { EventRecord, StepRecord } from "./record-schema.ts";
import type { RecordScope } from "./record-scope.ts";
import type { Row } from "./tables.ts";
import { reasonWord, sideWord } from "./words.ts";

/** Events about an order, whose number 0 is left out like every default. */
const ABOUT_ORDER: ReadonlySet<string> = new Set([
  "orderAccepted",
  "orderRejected",
  "orderTriggered",
  "orderAmended",
  "orderPartiallyFilled",
  "orderFilled",
  "orderCancelled",
  "orderExpired",
  "commandRejected",
  "commandAccepted",
  "unknownOutcome",
  "orderNotFound",
]);
const EXECUTIONS: ReadonlySet<string> = new Set([
  "orderPartiallyFilled",
  "orderFilled",
  "externalFill",
  "liquidated",
]);
const ABOUT_SYMBOL: ReadonlySet<string> = new Set([
  ...ABOUT_ORDER,
  ...EXECUTIONS,
  "barClosed",
  "markPrice",
  "fundingRate",
  "fundingPaid",
  "positionChanged",
  "lastPrice",
]);
const WITH_PRICE: ReadonlySet<string> = new Set(["lastPrice", "markPrice"]);
const WITH_AMOUNT: ReadonlySet<string> = new Set(["fundingPaid", "balanceChanged"]);

/** The row of a step. */
export function addEvent(scope: RecordScope, kind: string, { event, requests }: StepRecord): void {
  const contract = scope.memory.contract(event.symbol);
  const isExecution = EXECUTIONS.has(kind);
  const lots = isExecution || kind === "positionChanged" ? event.qtyLots : null;
  const isOrder = ABOUT_ORDER.has(kind);
  scope.batch.add("events", {
    ...plainEvent(scope, kind),
    venue_time: event.asOf === 0 ? null : event.asOf,
    symbol: ABOUT_SYMBOL.has(kind) ? contract.symbol : null,
    order_no: isOrder && event.requestId >= 0 ? event.requestId : null,
    side: isExecution ? sideWord(event.side) : null,
    lots,
    qty: onGrid(contract.lot, lots),
    price: isExecution ? onGrid(contract.tick, event.priceTicks) : priceOf(kind, event),
    amount: WITH_AMOUNT.has(kind) ? event.amount : null,
    reason: isOrder ? reasonWord(event.reason) : null,
    detail: kind === "operator" ? `${event.order}: ${event.text}` : null,
    requests: requests.length,
  });
}

/** The row of a record that is no step. */
export function plainEvent(
  at: { readonly seq: number; readonly ts: number; readonly target: string | null },
  kind: string,
): Row<"events"> {
  return {
    seq: at.seq,
    time: at.ts,
    target: at.target,
    kind,
    venue_time: null,
    symbol: null,
    order_no: null,
    side: null,
    lots: null,
    qty: null,
    price: null,
    amount: null,
    reason: null,
    detail: null,
    requests: 0,
  };
}

function priceOf(kind: string, { price }: EventRecord): number | null {
  return WITH_PRICE.has(kind) ? price : null;
}

import { assert } from "#engine/assert.ts";
import { ABSENT } from "#engine/records/record-log.ts";
import { intentIdentity, requestIdentity } from "./intent-identity.ts";
import { type Contract, onGrid } from "./memory.ts";
import type { OrderRecord, RequestRow, StartedRecord, StepRecord } from "./record-schema.ts";
import type { RecordScope } from "./record-scope.ts";
import type { Row } from "./tables.ts";
import {
  purposeWord,
  reasonWord,
  sideWord,
  statusWord,
  timeInForceWord,
  triggerByWord,
  typeWord,
} from "./words.ts";

const FIRST_ENDED = 8;

/** Orders of a step as they stand after it, their transitions, and the requests that left. */
export function projectOrders(scope: RecordScope, step: StepRecord): void {
  for (const request of step.requests) addRequest(scope, request);
  const reasons = new Map<number, string>();
  for (const row of step.records) {
    if (row[0] === 2) addTransition(scope, step.orders, row, reasons);
  }
  for (const order of step.orders) {
    const request = step.requests.find(
      ({ kind, order: number }) => kind === "place" && number === order.requestId,
    );
    putOrder(scope, order, {
      intentId: intentIdOf(scope, order, request),
      requestId: request?.requestId ?? null,
      reason: reasons.get(order.requestId) ?? null,
      symbol: request?.symbol ?? null,
      createdAt: scope.ts,
    });
  }
}

/** Orders of a state that was kept, whose records are not there any more. */
export function projectKeptOrders(scope: RecordScope, started: StartedRecord): void {
  const { orders } = started.state;
  const names = new Map(started.names.map((name) => [name[1], name]));
  for (const [requestId, order, venueOrderId] of started.names) {
    scope.batch.add("requests", {
      target: scope.target,
      seq: scope.seq,
      place: scope.nextPlace("requests"),
      time: null,
      kind: "place",
      order_no: order,
      request_id: requestId,
      attempt: null,
      symbol: null,
      fence_at: null,
      bytes_hash: null,
      reduce_only: null,
      venue_order_id: venueOrderId,
    });
  }
  for (const order of [...orders.ended, ...orders.working]) {
    const requestId = names.get(order.requestId)?.[0] ?? null;
    putOrder(scope, order, {
      intentId: keptIntentId(scope, order, requestId),
      requestId,
      reason: null,
      symbol: null,
      createdAt: null,
    });
  }
}

interface KnownOfOrder {
  /** Null where it was told before. */
  readonly intentId: string | null;
  readonly requestId: string | null;
  readonly reason: string | null;
  readonly symbol: string | null;
  readonly createdAt: number | null;
}

function putOrder(scope: RecordScope, order: OrderRecord, known: KnownOfOrder): void {
  const { memory, batch } = scope;
  const row = orderRow(scope, order, known);
  batch.put("intents", row);
  if (row.is_working === true) {
    memory.working.set(order.requestId, statusWord(order.status));
  } else memory.working.delete(order.requestId);
}

function orderRow(scope: RecordScope, order: OrderRecord, known: KnownOfOrder): Row<"intents"> {
  const contract = scope.memory.contract(order.symbol);
  const { conditions, protection } = order;
  return {
    target: scope.target,
    order_no: order.requestId,
    intent_id: known.intentId,
    symbol: contract.symbol ?? known.symbol,
    slot: contract.slot,
    strategy: order.strategy,
    source: sourceOf(order),
    purpose: purposeWord(order.purpose),
    tag: order.tag,
    status: statusWord(order.status),
    is_working: order.status < FIRST_ENDED,
    is_accepted: order.isAccepted,
    reason: known.reason,
    type: typeWord(order.type),
    side: sideWord(order.side),
    reduce_only: order.reduceOnly,
    post_only: conditions?.isPostOnly ?? false,
    time_in_force: timeInForceWord(conditions?.timeInForce ?? 0),
    trigger_by: triggerByWord(conditions?.triggerBy ?? 0),
    lots: order.qtyLots,
    filled_lots: order.filledLots,
    qty: onGrid(contract.lot, order.qtyLots),
    filled_qty: onGrid(contract.lot, order.filledLots),
    price: onGrid(contract.tick, order.priceTicks),
    trigger: onGrid(contract.tick, order.triggerTicks),
    stop_loss: protection.stopLoss,
    take_profit: protection.takeProfit,
    attempts: order.attempt,
    request_id: known.requestId,
    fence_at: order.fenceAt === 0 ? null : order.fenceAt,
    lookups: order.lookups,
    decided_at: order.decidedAt,
    created_at: known.createdAt,
    updated_at: scope.ts,
    updated_seq: scope.seq,
  };
}

/** Who wanted it: the engine's own intents say so by their purpose, reconcile by a word. */
function sourceOf({ strategy, purpose, tag }: OrderRecord): string {
  if (strategy !== 0) return "strategy";
  const word = purposeWord(purpose);
  if (word === "flatten") return tag === "reconcile" ? "reconcile" : "flatten";
  return word === "aged" || word === "manual" ? word : "protection";
}

/** `[2, time, symbol, decidedAt, keyRest, status, filled lots, reason, attempt, 0]` */
function addTransition(
  scope: RecordScope,
  orders: readonly OrderRecord[],
  row: readonly number[],
  reasons: Map<number, string>,
): void {
  const [, , symbol = 0, , , status = 0, filledLots = 0, reason = 0, attempt = 0] = row;
  const { memory } = scope;
  const order = orderOfRow(orders, row);
  const number = order?.requestId ?? null;
  const before = number === null ? null : scope.statusOf(number);
  const contract = memory.contract(symbol);
  const word = reasonWord(reason);
  scope.batch.add("order_transitions", {
    target: scope.target,
    seq: scope.seq,
    place: scope.nextPlace("order_transitions"),
    time: scope.ts,
    order_no: number,
    symbol: contract.symbol,
    from_status: before,
    to_status: statusWord(status),
    reason: word,
    filled_lots: filledLots,
    filled_qty: onGrid(contract.lot, filledLots),
    attempt,
  });
  if (number === null) return;
  scope.setStatus(number, statusWord(status));
  if (word !== null) reasons.set(number, word);
}

function addRequest(scope: RecordScope, request: RequestRow): void {
  scope.batch.add("requests", {
    target: scope.target,
    seq: scope.seq,
    place: scope.nextPlace("requests"),
    time: scope.ts,
    kind: request.kind,
    order_no: request.order < 0 ? null : request.order,
    request_id: request.requestId === "" ? null : request.requestId,
    attempt: request.attempt,
    symbol: request.symbol,
    fence_at: request.fenceAt,
    bytes_hash: request.bytesHash,
    reduce_only: request.reduceOnly,
    venue_order_id: null,
  });
}

/** The order that a row of records is about. */
export function orderOfRow(
  orders: readonly OrderRecord[],
  row: readonly number[],
): OrderRecord | null {
  const [, , symbol, decidedAt, keyRest] = row;
  const found = orders.find(
    (order) =>
      order.symbol === symbol && order.decidedAt === decidedAt && order.keyRest === keyRest,
  );
  return found ?? null;
}

function intentIdOf(
  scope: RecordScope,
  order: OrderRecord,
  request: RequestRow | undefined,
): string | null {
  if (scope.memory.working.has(order.requestId)) return null;
  if (request !== undefined && request.intentId !== "") return request.intentId;
  return derivedIntentId(scope, order) ?? unnamed(order);
}

function derivedIntentId({ memory }: RecordScope, order: OrderRecord): string | null {
  const runKey = memory.life?.run_key ?? null;
  const place = placeOf(memory.contract(order.symbol));
  return runKey === null || place === null ? null : intentIdentity(runKey, place, order);
}

/** An intent of an earlier deployment had another run key: then its attempt's name does not follow from this one. */
function keptIntentId(scope: RecordScope, order: OrderRecord, requestId: string | null): string {
  const id = derivedIntentId(scope, order);
  if (id === null || requestId === null) return unnamed(order);
  const isOwn = requestId.endsWith(requestIdentity(scope.target, id, order.attempt));
  return isOwn ? id : unnamed(order);
}

function unnamed({ requestId }: OrderRecord): string {
  return `order ${requestId}`;
}

function placeOf({ symbol, slot }: Contract): string | null {
  if (symbol === null) return null;
  return slot === "net" || slot === null ? symbol : `${symbol} ${slot}`;
}

/** −1 stands for a value that is absent. */
export function orNull(value: number | undefined): number | null {
  assert(value !== undefined, () => "A row of the records has ten values");
  return value === ABSENT ? null : value;
}

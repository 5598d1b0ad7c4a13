import { RECORD } from "#engine/records/record-log.ts";
import { onGrid } from "./memory.ts";
import { orderOfRow, orNull } from "./project-orders.ts";
import type { ExecutionRecord, StepRecord } from "./record-schema.ts";
import type { RecordScope } from "./record-scope.ts";
import type { Row } from "./tables.ts";

type Values = readonly number[];
type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Executions of a step with what each did to the ledger, funding, and adjustments of the wallet. */
export function projectFills(scope: RecordScope, kind: string, step: StepRecord): void {
  const executions = new Executions(kind, step);
  const waiting: { readonly key: Values; readonly row: Writable<Row<"fills">> }[] = [];
  for (const values of step.records) {
    switch (values[0] ?? 0) {
      case RECORD.fill:
      case RECORD.external:
      case RECORD.liquidation:
        waiting.push({ key: values, row: fillRow(scope, step, values, executions) });
        break;
      case RECORD.ledger: {
        // An execution is booked before the next one is.
        const at = waiting.findIndex(
          ({ key, row }) => row.wallet_after === null && isSame(key, values),
        );
        const found = waiting[at];
        if (found !== undefined) book(scope, found.row, values);
        break;
      }
      case RECORD.funding:
      case RECORD.transfer:
        addCashFlow(scope, values);
        break;
      default:
    }
  }
  for (const { row } of waiting) scope.batch.add("fills", row);
}

/** Same contract and intent. */
function isSame(one: Values, other: Values): boolean {
  return one[2] === other[2] && one[3] === other[3] && one[4] === other[4];
}

/** `[3, time, symbol, decidedAt, keyRest, signed lots, ticks, liquidity, fee, 0]`; the others without liquidity. */
function fillRow(
  scope: RecordScope,
  step: StepRecord,
  values: Values,
  executions: Executions,
): Writable<Row<"fills">> {
  const [kind, , symbol = 0, , , signedLots = 0] = values;
  const isOwn = kind === RECORD.fill;
  const contract = scope.memory.contract(symbol);
  const order = isOwn ? (orderOfRow(step.orders, values)?.requestId ?? null) : null;
  const ticks = orNull(values[6]);
  const lots = Math.abs(signedLots);
  const told = executions.take({ symbol, order: isOwn ? order : -1, signedLots, ticks });
  return {
    target: scope.target,
    seq: scope.seq,
    place: scope.nextPlace("fills"),
    time: scope.ts,
    venue_time: told?.time ?? null,
    kind: isOwn ? "fill" : kind === RECORD.external ? "external" : "liquidation",
    order_no: order,
    execution_id: told?.id ?? null,
    told_by: executions.source,
    symbol: contract.symbol,
    slot: contract.slot,
    side: signedLots > 0 ? "buy" : "sell",
    lots,
    qty: onGrid(contract.lot, lots),
    price: onGrid(contract.tick, ticks),
    fee: isOwn ? (values[8] ?? null) : (values[7] ?? null),
    liquidity: isOwn ? (values[7] === 0 ? "maker" : "taker") : null,
    is_estimated: kind === RECORD.external && values[8] === 1,
    realised: null,
    wallet_after: null,
    position_lots: null,
    position_qty: null,
  };
}

/** `[6, …, realised, fee, wallet, position lots, 0]` */
function book(scope: RecordScope, row: Writable<Row<"fills">>, values: Values): void {
  const [, , symbol = 0, , , realised = 0, , wallet = 0, lots = 0] = values;
  row.realised = realised;
  row.wallet_after = wallet;
  row.position_lots = lots;
  row.position_qty = onGrid(scope.memory.contract(symbol).lot, lots);
}

/** `[4 or 10, time, symbol, 0, 0, amount, wallet, …]`; a transfer is of no contract. */
function addCashFlow(scope: RecordScope, values: Values): void {
  const [kind, , symbol = 0, , , amount = 0, wallet = 0] = values;
  const isFunding = kind === RECORD.funding;
  scope.batch.add("cash_flows", {
    target: scope.target,
    seq: scope.seq,
    place: scope.nextPlace("cash_flows"),
    time: scope.ts,
    kind: isFunding ? "funding" : "transfer",
    symbol: isFunding ? scope.memory.contract(symbol).symbol : null,
    amount,
    wallet_after: wallet,
  });
}

interface Wanted {
  readonly symbol: number;
  /** −1: of nobody of ours. */
  readonly order: number | null;
  readonly signedLots: number;
  readonly ticks: number | null;
}

const EXECUTION_EVENTS: ReadonlySet<string> = new Set([
  "orderFilled",
  "orderPartiallyFilled",
  "externalFill",
  "liquidated",
]);

/** What the event, or the cut that it brings, tells of executions: each of them belongs to one booking. */
class Executions {
  readonly source: "stream" | "reconcile";
  readonly #left: ExecutionRecord[];

  constructor(kind: string, { event }: StepRecord) {
    const isStream = EXECUTION_EVENTS.has(kind);
    this.source = isStream ? "stream" : "reconcile";
    const isOurs = kind === "orderFilled" || kind === "orderPartiallyFilled";
    const own: ExecutionRecord = {
      index: event.symbol,
      executionId: event.executionId,
      requestId: isOurs ? event.requestId : -1,
      side: event.side,
      qtyLots: event.qtyLots,
      priceTicks: event.priceTicks,
      time: event.asOf,
    };
    this.#left = isStream ? [own] : [...(event.snapshot?.executions ?? [])];
  }

  take(wanted: Wanted): { readonly id: number | null; readonly time: number | null } | null {
    const { symbol, order, signedLots, ticks } = wanted;
    const at = this.#left.findIndex(
      (one) =>
        one.index === symbol &&
        // An order that was forgotten books its executions as those of a stranger.
        (one.requestId === order || order === -1) &&
        one.side * (one.qtyLots ?? 0) === signedLots &&
        one.priceTicks === ticks,
    );
    const [found] = at < 0 ? [] : this.#left.splice(at, 1);
    if (found === undefined) return null;
    const { executionId, time } = found;
    return { id: executionId === 0 ? null : executionId, time: time === 0 ? null : time };
  }
}

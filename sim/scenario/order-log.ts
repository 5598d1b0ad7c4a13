import { ORDER_TYPE, purposeName, rejectName } from "#engine/model/order-terms.ts";
import { unpackKey } from "#engine/orders/intent-key.ts";
import { STATUS, statusName } from "#engine/orders/order-status.ts";
import { RECORD, RECORD_WIDTH } from "#engine/records/record-log.ts";
import type { OutcomeReject } from "#sim/scenario/scenario-outcome.ts";

/** Strategy number of the engine's own intents: exit rules and what protects a position. */
const ENGINE = 0;
const LIQUIDATION = "liquidation";
/** Reasons that the format does not count as rejects: the order or the command had merely lost its object. */
const NOT_REJECTS: ReadonlySet<string> = new Set([
  "none",
  "unknownOrder",
  "groupFilled",
  "liquidated",
]);
const CLOSE = "close";

interface KnownOrder {
  readonly name: string;
  readonly isOwn: boolean;
  readonly type: number;
  status: string;
}

/**
 * Reads the engine's records: what became of each order, by the name that the scenario gave it. One order of a step
 * may be several of the engine's: a close that is larger than the largest order goes out in parts.
 */
export class OrderLog {
  readonly rejects: OutcomeReject[] = [];
  /** Name of the order behind each execution, in order; empty for an order of the engine's own. */
  readonly executions: string[] = [];
  readonly #orders = new Map<string, KnownOrder>();
  readonly #byName = new Map<string, KnownOrder[]>();
  #name = "";

  /** Takes the rows as the engine hands them over. */
  readonly sink = (rows: Float64Array): void => {
    for (let at = 0; at < rows.length; at += RECORD_WIDTH) {
      this.#read(rows.subarray(at, at + RECORD_WIDTH));
    }
  };

  /** The intents of the strategy that are handed over from here on belong to this order. */
  expect(name: string): void {
    this.#name = name;
  }

  /** A change of leverage or margin that the venue refused: no order of the engine is behind it. */
  refuse(step: string, reason: number): void {
    this.rejects.push({ order: step, code: rejectName(reason) });
  }

  /** Last state of each order that a step placed. */
  states(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#byName].map(([name, parts]) => [name, stateOf(parts)]));
  }

  #read(row: Float64Array): void {
    const [kind = 0, , symbol, decidedAt, keyRest = 0, first = 0, second = 0, third = 0] = row;
    const key = `${symbol} ${decidedAt} ${keyRest}`;
    switch (kind) {
      case RECORD.intent:
        this.#add(key, keyRest, row[8] as number);
        return;
      case RECORD.transition:
        this.#move(key, first, second, third);
        return;
      case RECORD.fill: {
        const order = this.#orders.get(key);
        this.executions.push(order?.isOwn === true ? order.name : "");
        return;
      }
      case RECORD.liquidation:
        this.executions.push(LIQUIDATION);
        return;
      default:
      // Money and the further terms of orders say nothing of what became of one.
    }
  }

  #add(key: string, keyRest: number, type: number): void {
    const { strategy, leg } = unpackKey(keyRest);
    const isOwn = strategy !== ENGINE;
    const name = isOwn ? this.#name : purposeName(leg);
    const order: KnownOrder = { name, isOwn, type, status: "planned" };
    this.#orders.set(key, order);
    if (!isOwn || name === CLOSE) return;
    const parts = this.#byName.get(name);
    if (parts === undefined) this.#byName.set(name, [order]);
    else parts.push(order);
  }

  #move(key: string, status: number, filledLots: number, reason: number): void {
    const order = this.#orders.get(key);
    if (order === undefined) return;
    // A change on its way leaves the order where it is until the venue has answered.
    if (status !== STATUS.amending && status !== STATUS.cancelling) {
      order.status = statusName(status);
    }
    const code = rejectName(reason);
    if (NOT_REJECTS.has(code)) return;
    if (status === STATUS.cancelled) {
      // An immediate order that took nothing was refused; one that lost what it was to reduce was not.
      const isRefused = code !== "reduceOnlyWouldIncrease" || order.type === ORDER_TYPE.market;
      if (filledLots > 0 || !isRefused) return;
    }
    this.rejects.push({ order: order.name, code });
  }
}

/** One state for all parts of an order: what they share, else that of the last, or that some of it is done. */
function stateOf(parts: readonly KnownOrder[]): string {
  const last = parts[parts.length - 1] as KnownOrder;
  const isAtWork = parts.some(({ status }) => status === "accepted" || status === "sent");
  const hasFilled = parts.some(({ status }) => status === "filled");
  if (isAtWork && hasFilled) return "partiallyFilled";
  // On its way when the candles ended: nothing was said against it.
  return last.status === "sent" ? "accepted" : last.status;
}

import { purposeName, rejectName } from "#engine/model/order-terms.ts";
import { unpackKey } from "#engine/orders/intent-key.ts";
import { STATUS, statusName } from "#engine/orders/order-status.ts";
import { RECORD, RECORD_WIDTH } from "#engine/records/record-log.ts";
import type { OutcomeReject } from "#sim/scenario/scenario-outcome.ts";

/** Strategy number of the engine's own intents: exit rules and what protects a position. */
const ENGINE = 0;
const LIQUIDATION = "liquidation";
/** Reasons that the format does not count as rejects: the order or the command had merely lost its object. */
const NOT_REJECTS: ReadonlySet<string> = new Set(["none", "unknownOrder", "groupFilled"]);
const MARKET = 0;

interface KnownOrder {
  readonly name: string;
  readonly isOwn: boolean;
  readonly type: number;
  status: string;
}

/**
 * Reads the engine's records: what became of each order, by the name that the scenario gave it. The n-th intent of
 * the strategy is the n-th order that the script asked for.
 */
export class OrderLog {
  readonly rejects: OutcomeReject[] = [];
  /** Name of the order behind each execution, in order; empty for an order of the engine's own. */
  readonly executions: string[] = [];
  readonly #placed: readonly string[];
  readonly #orders = new Map<string, KnownOrder>();
  readonly #states = new Map<string, KnownOrder>();
  #intents = 0;

  constructor(placed: readonly string[]) {
    this.#placed = placed;
  }

  /** Takes the rows as the engine hands them over. */
  readonly sink = (rows: Float64Array): void => {
    for (let at = 0; at < rows.length; at += RECORD_WIDTH) {
      this.#read(rows.subarray(at, at + RECORD_WIDTH));
    }
  };

  /** Last state of each order that a step placed. */
  states(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#states].map(([name, { status }]) => [name, status]));
  }

  #read(row: Float64Array): void {
    const [kind, , symbol, decidedAt, keyRest = 0, first = 0, second = 0, third = 0] = row;
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
    const name = isOwn ? (this.#placed[this.#intents] ?? "") : purposeName(leg);
    if (isOwn) this.#intents += 1;
    const order: KnownOrder = { name, isOwn, type, status: "planned" };
    this.#orders.set(key, order);
    if (isOwn && name !== "close") this.#states.set(name, order);
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
      const isRefused = code !== "reduceOnlyWouldIncrease" || order.type === MARKET;
      if (filledLots > 0 || !isRefused) return;
    }
    this.rejects.push({ order: order.name, code });
  }
}

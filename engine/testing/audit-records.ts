import { AGED_REASONS, AGED_STATUSES, type AgedStatus } from "#engine/aged/aged-record.ts";
import { NEXT_AGED } from "#engine/aged/aged-states.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import { mayBecome, STATUS, type Status, statusName } from "#engine/orders/order-status.ts";
import { RECORD, type RecordKind } from "#engine/records/record-log.ts";
import { ExactLedger } from "#engine/testing/exact-ledger.ts";
import { toNumber } from "#engine/testing/fraction.ts";
import type { RecordRow } from "#engine/testing/record-rows.ts";

/** Largest difference between float64 and exact money, relative to what was turned over. */
export const MONEY_TOLERANCE = 1e-9;

interface AuditedOrder {
  readonly lots: number;
  readonly reduceOnly: boolean;
  status: Status;
  filled: number;
  /** Lots of fills that no transition has confirmed yet. */
  unconfirmed: number;
}

interface AuditedAged {
  readonly status: AgedStatus;
  readonly seq: number;
  /** 1 long, −1 short. */
  readonly side: number;
}

/**
 * Reads the records of a run like an auditor: every rule that a single run can break. Orders move along the table,
 * fills add up and never exceed their order, reduce-only never enlarges or turns a position, a liquidation closes some
 * of it or all, and the money of every ledger row equals the exact fold of the executions before it. Throws at the first
 * violation, naming the row; returns the exact ledger at the end.
 *
 * Records do not tell the size that an amend asks for. Protective orders follow their position, so only the size of
 * other orders is checked, and only in a run that resizes none (`isResizing` false).
 */
export function auditRecords(
  rows: readonly RecordRow[],
  instruments: readonly Instrument[],
  startBalance: number,
  isResizing: boolean,
): ExactLedger {
  const audit = new Audit(instruments, startBalance, isResizing);
  rows.forEach((row, at) => {
    try {
      audit.take(row);
    } catch (error) {
      const near = rows.slice(Math.max(0, at - 8), at + 1).map((one) => one.join(" "));
      throw new Error(`Record ${at}: ${(error as Error).message}\n${near.join("\n")}`, {
        cause: error,
      });
    }
  });
  audit.finish();
  return audit.ledger;
}

class Audit {
  readonly ledger: ExactLedger;
  readonly #orders = new Map<string, AuditedOrder>();
  #time = Number.NEGATIVE_INFINITY;
  /** An execution and its ledger row are neighbours, but for the order's transition. */
  #unbooked: { readonly realised: number; readonly fee: number } | null = null;

  /** Status and number of the latest row of each aged position, by symbol and opening. */
  readonly #agedRows = new Map<string, AuditedAged>();
  readonly #isResizing: boolean;

  constructor(instruments: readonly Instrument[], startBalance: number, isResizing: boolean) {
    this.ledger = new ExactLedger(instruments, startBalance);
    this.#isResizing = isResizing;
  }

  take(row: RecordRow): void {
    for (const value of row) check(Number.isFinite(value), "every column is a finite number");
    const [kind, time] = row as [RecordKind, number];
    check(time >= this.#time, "time does not go back");
    this.#time = time;
    switch (kind) {
      case RECORD.intent:
        return this.#intent(row);
      case RECORD.conditions:
        return check(this.#orders.has(keyOf(row)), "conditions belong to an intent that is known");
      case RECORD.transition:
        return this.#transition(row);
      case RECORD.fill:
        return this.#fill(row);
      case RECORD.liquidation:
      case RECORD.external:
        return this.#liquidation(row);
      case RECORD.funding:
      case RECORD.transfer:
        return this.#funding(row);
      case RECORD.ledger:
        return this.#book(row);
      case RECORD.aged:
        return this.#aged(row);
      default:
        throw new Error(`the kind ${String(kind)} is known`);
    }
  }

  finish(): void {
    check(this.#unbooked === null, "the last execution was booked");
    for (const [key, order] of this.#orders) {
      check(order.unconfirmed === 0, `fills of ${key} were confirmed by its status`);
      if (order.reduceOnly || this.#isResizing) continue;
      const isWhole = order.filled === order.lots;
      check((order.status === STATUS.filled) === isWhole, `${key} is filled when all of it is`);
    }
  }

  #intent(row: RecordRow): void {
    const key = keyOf(row);
    check(!this.#orders.has(key), `the intent key ${key} is new`);
    check(row[1] === row[3], "an intent is decided when it is recorded");
    this.#orders.set(key, {
      lots: Math.abs(column(row, 5)),
      reduceOnly: column(row, 9) % 2 === 1,
      status: STATUS.planned,
      filled: 0,
      unconfirmed: 0,
    });
  }

  #transition(row: RecordRow): void {
    const order = this.#order(row);
    const to = column(row, 5) as Status;
    check(
      mayBecome(order.status, to),
      `an order may go from ${statusName(order.status)} to ${statusName(to)}`,
    );
    order.filled += order.unconfirmed;
    order.unconfirmed = 0;
    check(column(row, 6) === order.filled, "a transition tells the sum of the fills");
    order.status = to;
  }

  #fill(row: RecordRow): void {
    const order = this.#order(row);
    const symbol = column(row, 2);
    const signedLots = column(row, 5);
    const before = this.ledger.lots(symbol);
    order.unconfirmed += Math.abs(signedLots);
    const isWithin = order.filled + order.unconfirmed <= order.lots;
    const isSized = !order.reduceOnly && !this.#isResizing;
    check(isWithin || !isSized, "an order is not filled beyond its quantity");
    if (order.reduceOnly) {
      check(before > 0 !== signedLots > 0 && before !== 0, "reduce-only closes, never opens");
      check(Math.abs(signedLots) <= Math.abs(before), "reduce-only never turns a position around");
    }
    this.#execute(symbol, signedLots, column(row, 6), column(row, 8));
  }

  #liquidation(row: RecordRow): void {
    const symbol = column(row, 2);
    const signedLots = column(row, 5);
    const before = this.ledger.lots(symbol);
    const isClosing = before > 0 !== signedLots > 0 && Math.abs(signedLots) <= Math.abs(before);
    check(before !== 0 && isClosing, "a liquidation closes, in part or whole");
    this.#execute(symbol, signedLots, column(row, 6), column(row, 7));
  }

  #execute(symbol: number, signedLots: number, priceTicks: number, fee: number): void {
    check(this.#unbooked === null, "the execution before this one was booked");
    check(priceTicks > 0, "a price is above zero");
    check(fee >= 0, "a fee is not negative");
    const before = this.ledger.realised;
    this.ledger.fill({ symbol, signedLots, priceTicks, fee });
    const realised = toNumber(this.ledger.realised) - toNumber(before);
    this.#unbooked = { realised, fee };
  }

  #funding(row: RecordRow): void {
    check(this.ledger.lots(column(row, 2)) !== 0, "funding is exchanged on a position");
    this.ledger.fund(column(row, 5));
    this.#checkMoney(column(row, 6), toNumber(this.ledger.wallet), "wallet after funding");
  }

  #book(row: RecordRow): void {
    const expected = this.#unbooked;
    this.#unbooked = null;
    if (expected === null) throw new Error("a ledger row follows an execution");
    this.#checkMoney(column(row, 5), expected.realised, "realised");
    check(column(row, 6) === expected.fee, "the fee booked is the fee charged");
    this.#checkMoney(column(row, 7), toNumber(this.ledger.wallet), "wallet");
    check(column(row, 8) === this.ledger.lots(column(row, 2)), "the position is the sum of fills");
  }

  /** An aged position moves along its edges, row by row, and is closed when it is flat. */
  #aged(row: RecordRow): void {
    const [, time, symbol = 0, openedAt = 0, seq = 0, to = 0] = row;
    const key = `${symbol}/${openedAt}`;
    const before = this.#agedRows.get(key) ?? null;
    const status = AGED_STATUSES[to];
    if (status === undefined) throw new Error(`the aged status ${to} is known`);
    check(AGED_REASONS[column(row, 9)] !== undefined, "the aged reason is known");
    check(openedAt < (time ?? 0), "an aged position is older than nothing");
    check(seq === (before?.seq ?? 0) + 1, "aged rows are numbered without a hole");
    if (before === null) check(status === "detected", "an aged position begins as detected");
    else check(NEXT_AGED[before.status].includes(status), `${before.status} to ${status}`);
    const side = Math.sign(this.ledger.lots(symbol));
    const held = before?.side ?? side;
    if (status !== "closed") check(side !== 0, `a position that is ${status} is held`);
    // A flip closes one position and opens the next at once.
    else check(side !== held, "what is closed is not held");
    this.#agedRows.set(key, { status, seq, side: held });
  }

  #checkMoney(actual: number, exact: number, what: string): void {
    const scale = Math.max(1, Math.abs(exact), toNumber(this.ledger.turnover));
    check(
      Math.abs(actual - exact) <= MONEY_TOLERANCE * scale,
      `${what} ${actual} is ${exact} within ${MONEY_TOLERANCE}`,
    );
  }

  #order(row: RecordRow): AuditedOrder {
    const order = this.#orders.get(keyOf(row));
    if (order === undefined) throw new Error(`the order ${keyOf(row)} has an intent`);
    return order;
  }
}

function keyOf(row: RecordRow): string {
  return `${row[2]}/${row[3]}/${row[4]}`;
}

function column(row: RecordRow, at: number): number {
  return row[at] as number;
}

function check(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`violated: ${what}`);
}

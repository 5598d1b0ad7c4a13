import { expect } from "vitest";
import type { AgedRecord } from "#engine/aged/aged-record.ts";
import { must } from "#engine/assert.ts";
import { fromUnits } from "#engine/model/grid.ts";
import { RECORD } from "#engine/records/record-log.ts";
import type { ToldStart } from "#live/steps/fold-steps.ts";
import type { Step } from "#live/steps/step.ts";
import { type FoldedAccount, onGrid } from "./folded-account.ts";

type Values = readonly number[];
type HeldRecord = Omit<AgedRecord, "closedAt">;

/** The trading records of an account, in their order. */
function tradingRows({ records }: FoldedAccount): readonly Values[] {
  return records.flatMap(({ data }) => (data as Partial<Step>).records ?? []);
}

/**
 * Executions with what each did to the account, money that came without one, and the wallet as the sum of all of them:
 * to one part in 10⁹ of what was added up.
 */
export async function expectMoney(account: FoldedAccount): Promise<void> {
  const { rows, places, kept, records } = account;
  const told = [...(await rows("fills", "seq, place"))];
  const flows = [...(await rows("cash_flows", "seq, place"))];
  const first = must(
    records.find(({ kind }) => kind === "started"),
    "Every account was started",
  );
  let wallet = (first.data as ToldStart).state.account.ledger.wallet;
  let turnover = Math.abs(wallet);
  const lots = places.map((_, at) => {
    return (first.data as ToldStart).state.symbols[at]?.books.qtyLots ?? 0;
  });
  const add = (amount: number, after: number): void => {
    wallet += amount;
    turnover += Math.abs(amount);
    expect(Math.abs(wallet - after)).toBeLessThanOrEqual(1e-9 * turnover);
  };
  let execution: Values | null = null;
  for (const row of tradingRows(account)) {
    const [kind, , symbol = 0, , , amount = 0] = row;
    if (kind === RECORD.fill || kind === RECORD.external || kind === RECORD.liquidation) {
      execution = row;
      lots[symbol] = (lots[symbol] ?? 0) + amount;
    } else if (kind === RECORD.ledger) {
      const [, , , , , signedLots = 0, ticks = 0] = must(execution, "A booking has an execution");
      const [, , , , , realised = 0, fee = 0, after = 0, positionLots = 0] = row;
      const { tick, lot } = must(places[symbol], "An execution is of a place");
      expect(told.shift()).toMatchObject({
        symbol: places[symbol]?.symbol,
        slot: places[symbol]?.slot,
        side: signedLots > 0 ? "buy" : "sell",
        lots: Math.abs(signedLots),
        qty: fromUnits(lot, Math.abs(signedLots)),
        price: onGrid(tick, ticks < 0 ? null : ticks),
        fee,
        realised,
        wallet_after: after,
        position_lots: positionLots,
        position_qty: fromUnits(lot, positionLots),
      });
      expect(positionLots).toBe(lots[symbol]);
      add(realised - fee, after);
    } else if (kind === RECORD.funding || kind === RECORD.transfer) {
      const [, , , , , , after = 0] = row;
      expect(flows.shift()).toMatchObject({ amount, wallet_after: after });
      add(amount, after);
    }
  }
  expect([told, flows]).toEqual([[], []]);
  expect(Math.abs(wallet - kept.state.account.ledger.wallet)).toBeLessThanOrEqual(1e-9 * turnover);
}

/** Aged positions as the state keeps them, those that are closed as their last records tell, and every transition. */
export async function expectAged(account: FoldedAccount): Promise<void> {
  const { rows, kept, records } = account;
  const positions = await rows("aged_positions", "id, opened_at");
  const held = recordsOf(kept.state.control.aged?.held).toSorted((a, b) => a.id - b.id);
  const open = positions.filter((row) => row["status"] !== "closed");
  expect(open.map((row) => row["id"])).toEqual(held.map(({ id }) => id));
  held.forEach((one, at) => {
    expect(open[at]).toMatchObject({
      ...lastingOf(one),
      status: one.status,
      reason: one.reason,
      price: one.price,
      target_price: one.target,
      tolerance_pct: one.tolerancePct,
      attempts: one.attempts,
      waits: one.waits,
      resting_price: one.restingPrice,
      history_seq: one.seq,
    });
  });
  const last = new Map<string, HeldRecord>();
  for (const { data } of records) {
    const { control } = data as Partial<Step>;
    for (const one of recordsOf(control?.aged?.held))
      last.set(keyOf(one.symbol, one.openedAt), one);
  }
  const moves = tradingRows(account).filter(([kind]) => kind === RECORD.aged);
  const history = await rows("aged_positions_history", "record_seq, symbol_index, seq");
  const inOrder = (a: Values, b: Values): number => numberOf(a) - numberOf(b);
  const numberOf = ([, time = 0]: Values): number => time;
  expect(
    history.map((row) => [row["time"], row["seq"], row["price"], row["target_price"]]),
  ).toEqual(
    moves
      .toSorted(inOrder)
      .map(([, time, , , seq, , price = 0, target = 0]) => [
        time,
        seq,
        price < 0 ? null : price,
        target < 0 ? null : target,
      ]),
  );
  for (const row of positions.filter(({ status }) => status === "closed")) {
    const key = keyOf(Number(row["symbol_index"]), Number(row["opened_at"]));
    const one = last.get(key);
    const end = moves.findLast(([, , symbol = 0, openedAt = 0]) => keyOf(symbol, openedAt) === key);
    const [, time, , , seq, , price = -1] = must(end, "A closed position has its transitions");
    const entry = one?.entryPrice ?? Number.NaN;
    const pnl = one === undefined || price < 0 ? null : (one.side * (price - entry) * 100) / entry;
    expect(row).toMatchObject({
      ...(one === undefined ? {} : lastingOf(one)),
      closed_at: time,
      history_seq: seq,
      close_price: price < 0 ? null : price,
      pnl_pct: pnl,
    });
  }
}

/** What of an aged position does not change with its transitions. */
function lastingOf(one: HeldRecord): Readonly<Record<string, unknown>> {
  return {
    id: one.id,
    side: one.side > 0 ? "long" : "short",
    aged_at: one.agedAt,
    grace_ends_at: one.graceEndsAt,
    emergency_at: one.emergencyAt,
    detected_at: one.detectedAt,
    entry_price: one.entryPrice,
    break_even: one.breakEven,
  };
}

function recordsOf(
  held: readonly { readonly record: HeldRecord | null }[] | undefined,
): readonly HeldRecord[] {
  return (held ?? []).flatMap(({ record }) => (record === null ? [] : [record]));
}

function keyOf(symbol: number, openedAt: number): string {
  return `${symbol} ${openedAt}`;
}

import { expect, test } from "vitest";
import { parseTarget } from "#engine/model/target.ts";
import { intentIdOf, requestId } from "#live/driver/request-ids.ts";
import { Batch, merged } from "./batch.ts";
import { intentIdentity, requestIdentity } from "./intent-identity.ts";
import { Memory } from "./memory.ts";
import { Projector } from "./projector.ts";
import {
  AGED_RECORD,
  agedRow,
  findingNote,
  halted,
  NO_LATCHES,
  order,
  place,
  positionNote,
  row,
  type SampleRecord,
  SAMPLE_START as START,
  started,
  step,
  TARGET,
} from "./testing/sample-journal.ts";
import { agedReasonWord, reasonWord, statusWord } from "./words.ts";

/** The rows that records lead to, a second apart. */
function project(...records: readonly SampleRecord[]): Batch {
  const projector = new Projector(new Memory());
  records.forEach(({ kind, target = TARGET, data }, at) => {
    projector.apply({ seq: at + 1, ts: START + at * 1_000, kind, target, crc: `${at}`, data });
  });
  return projector.take();
}

test("an intent is its order's last state, in base units, with its first time, ids and reason", () => {
  const batch = project(
    started(),
    step("decide", {
      orders: [order(7)],
      records: [row(2, 7, 1, 0, 0, 1, 0), row(2, 7, 2, 0, 0, 1, 0)],
      requests: [place(7)],
    }),
    step("orderRejected", {
      event: { requestId: 7, reason: 5 },
      orders: [order(7, { status: 10 })],
      records: [row(2, 7, 10, 0, 5, 1, 0)],
    }),
    step("commandRejected", {
      event: { requestId: 7, reason: 14 },
      orders: [order(7, { status: 10 })],
    }),
  );
  expect(batch.told("intents").rows).toMatchObject([
    {
      intent_id: "intent7",
      request_id: "client7",
      symbol: "BTCUSDT",
      status: "rejected",
      is_working: false,
      reason: "insufficientMargin",
      qty: 0.03,
      price: 40_000.3,
      trigger: null,
      created_at: START + 1_000,
      updated_at: START + 3_000,
    },
  ]);
  expect(
    batch
      .added("order_transitions")
      .map((one) => [one["from_status"], one["to_status"], one["reason"]]),
  ).toEqual([
    [null, "persisted", null],
    ["persisted", "sent", null],
    ["sent", "rejected", "insufficientMargin"],
  ]);
  expect(batch.added("events").map((one) => [one["kind"], one["order_no"], one["reason"]])).toEqual(
    [
      ["started", null, null],
      ["decide", null, null],
      ["orderRejected", 7, "insufficientMargin"],
      ["commandRejected", 7, "unknownOrder"],
    ],
  );
});

test("an intent that risk refused has the identity that its request would have had", () => {
  const refused = order(3, { status: 10, attempt: 0 });
  const batch = project(
    started(),
    step("decide", { orders: [refused], records: [row(2, 3, 10, 0, 26, 0, 0)] }),
  );
  const key = { decidedAt: START, keyRest: 33_554_432 + 3 };
  expect(batch.told("intents").rows).toMatchObject([
    {
      intent_id: intentIdOf("bot", "BTCUSDT", key),
      attempts: 0,
      reason: "riskHalted",
      request_id: null,
    },
  ]);
  const side = "BTCUSDT long";
  expect(intentIdentity("bot", side, key)).toBe(intentIdOf("bot", side, key));
  for (const target of ["bybit:paper", "hyperliquid:live"]) {
    const name = requestId(parseTarget(target), "intent", 2);
    expect(name.endsWith(requestIdentity(target, "intent", 2))).toBe(true);
  }
});

test("without contracts and run key sizes are told in lots, and nothing is made up", () => {
  const batch = project(
    started({ contracts: undefined, runKey: undefined }),
    step("decide", { orders: [order(1, { status: 10 })] }),
  );
  expect(batch.told("intents").rows).toMatchObject([
    { intent_id: "order 1", symbol: null, lots: 30, qty: null, price: null },
  ]);
});

test("an execution is told with what it did to the ledger; one of a cut by its number there", () => {
  const filled = order(2, { status: 8, filledLots: 30 });
  const execution = {
    index: 0,
    executionId: 77,
    requestId: 2,
    side: 1,
    qtyLots: 30,
    priceTicks: 399_999,
    time: START - 5,
  };
  const batch = project(
    started(),
    step("snapshot", {
      event: {
        snapshot: { executions: [{ ...execution, executionId: 76, priceTicks: 1 }, execution] },
      },
      orders: [filled],
      records: [
        row(3, 2, 30, 399_999, 1, 0.25, 0),
        row(2, 2, 8, 30, 0, 1, 0),
        row(6, 2, 1.5, 0.25, 99.75, -10, 0),
      ],
    }),
    step("externalFill", {
      event: { executionId: 80, side: -1, qtyLots: 4, priceTicks: 400_000, asOf: START },
      records: [
        [9, START, 0, 0, 0, -4, 400_000, 0.1, 1, 0],
        [6, START, 0, 0, 0, 0, 0.1, 99.65, -14, 0],
        [4, START, 1, 0, 0, -0.5, 99.15, 0, 0, 0],
      ],
    }),
  );
  expect(batch.added("fills")).toMatchObject([
    {
      kind: "fill",
      order_no: 2,
      execution_id: 77,
      told_by: "reconcile",
      venue_time: START - 5,
      side: "buy",
      qty: 0.03,
      price: 39_999.9,
      fee: 0.25,
      liquidity: "taker",
      is_estimated: false,
      realised: 1.5,
      wallet_after: 99.75,
      position_qty: -0.01,
    },
    {
      kind: "external",
      order_no: null,
      execution_id: 80,
      told_by: "stream",
      side: "sell",
      qty: 0.004,
      fee: 0.1,
      liquidity: null,
      is_estimated: true,
      wallet_after: 99.65,
      position_lots: -14,
    },
  ]);
  expect(batch.added("cash_flows")).toMatchObject([
    { kind: "funding", symbol: "ETHUSDT", amount: -0.5, wallet_after: 99.15 },
  ]);
});

test("I14: only rows by reconcile reach active_positions; others are an anomaly", () => {
  const batch = project(
    started(),
    step("snapshot", { notes: [positionNote({ size: 1 }, "strategy")] }),
    step("snapshot", { notes: [positionNote({ size: 2 })] }),
    step("snapshot", { notes: [positionNote(null, "strategy")] }),
  );
  expect(batch.told("active_positions").rows).toMatchObject([
    { size: 2, target: TARGET, symbol: "BTCUSDT" },
  ]);
  expect(batch.told("active_positions").gone).toEqual([]);
  expect(batch.added("data_anomalies")).toMatchObject([
    { anomaly: "foreignRow" },
    { anomaly: "foreignRow" },
  ]);
  const closed = project(
    started(),
    step("snapshot", { notes: [positionNote({}), positionNote(null)] }),
  );
  expect(closed.told("active_positions")).toMatchObject({
    rows: [],
    gone: [{ target: TARGET, slot: "net" }],
  });
  expect(closed.added("position_changes")).toHaveLength(2);
});

test("a latch stands from the record that sets it to the one without it; another reason is another latch", () => {
  const latched = (latches: object): SampleRecord =>
    step("operator", { control: { risk: { latches } } });
  const batch = project(
    started(),
    latched(halted(1)),
    latched(halted(1)),
    latched(halted(2)),
    latched(NO_LATCHES),
  );
  expect(batch.told("latches").rows).toMatchObject([
    { kind: "halt", reason: "halt 1", set_seq: 2, lifted_at: START + 3_000 },
    { kind: "halt", reason: "halt 2", set_seq: 4, lifted_at: START + 4_000 },
  ]);
});

test("a finding lasts until it is cleared; one that was raised earlier is told by its end", () => {
  const batch = project(
    started(),
    step("snapshot", { notes: [findingNote("raised", "a", 5), findingNote("cleared", "b", 6)] }),
    step("snapshot", { notes: [findingNote("cleared", "a", 9), findingNote("raised", "a", 12)] }),
  );
  expect(
    batch
      .told("reconcile_findings")
      .rows.map((one) => [one["key"], one["raised_at"], one["cleared_at"]]),
  ).toEqual([
    ["a", 5, 9],
    ["b", null, 6],
    ["a", 12, null],
  ]);
});

test("an aged position goes from status to status and keeps how it ended", () => {
  const batch = project(
    started(),
    step("timer", {
      records: [agedRow(1, 0, -1, 0), agedRow(2, 1, -1, 2)],
      control: { aged: { held: [{ record: AGED_RECORD }, { record: null }] } },
    }),
    step("orderFilled", { records: [agedRow(3, 4, 1_980, 6)], control: { aged: { held: [] } } }),
  );
  expect(batch.told("aged_positions").rows).toMatchObject([
    {
      id: 4,
      symbol: "ETHUSDT",
      side: "short",
      status: "closed",
      reason: agedReasonWord(6),
      closed_at: START + 1_800_000,
      close_price: 1_980,
      pnl_pct: 1,
      target_price: 1_985,
      tolerance_pct: 0.5,
      history_seq: 3,
      order_no: 12,
      entry_price: 2_000,
    },
  ]);
  expect(
    batch
      .added("aged_positions_history")
      .map((one) => [
        one["id"],
        one["seq"],
        one["from_status"],
        one["to_status"],
        one["price"],
        one["hours"],
      ]),
  ).toEqual([
    [4, 1, null, "detected", null, 1.5],
    [4, 2, "detected", "grace_pending", null, 1.5],
    [4, 3, "grace_pending", "closed", 1_980, 1.5],
  ]);
});

test("lives are counted per target, with who wrote; kinds of later builds are counted and nothing else", () => {
  const header = { kind: "header", target: null, data: { id: "engine", build: "b7", format: 1 } };
  const batch = project(
    header,
    started(),
    { kind: "later", data: [1] },
    { kind: "later", target: null, data: 1 },
    started(),
    step("timer"),
  );
  expect(batch.told("bot_runs").rows).toMatchObject([
    {
      life: 1,
      engine_id: "engine",
      build: "b7",
      run_key: "bot",
      started_seq: 2,
      last_seen_at: START + 2_000,
      ended_at: START + 2_000,
      records: 2,
    },
    { life: 2, started_seq: 5, last_seen_at: START + 5_000, ended_at: null, records: 2 },
  ]);
  expect(batch.added("events").map(({ kind }) => kind)).toEqual([
    "started",
    "later",
    "later",
    "started",
    "timer",
  ]);
});

test("what is told again: the first stays, what is known stays known, the rest is new", () => {
  const before = {
    intent_id: "a",
    reason: "x",
    request_id: "r1",
    status: "sent",
    created_at: null,
  };
  const now = { intent_id: "b", reason: null, request_id: "r2", status: "filled", created_at: 5 };
  expect(merged("intents", before, now)).toMatchObject({
    intent_id: "a",
    reason: "x",
    request_id: "r2",
    status: "filled",
    created_at: null,
  });
});

test("numbers that only later builds have words for are told as they are", () => {
  expect([statusWord(8), statusWord(77), reasonWord(0), reasonWord(900)]).toEqual([
    "filled",
    "code 77",
    null,
    "code 900",
  ]);
});

test("records come in order", () => {
  const projector = new Projector(new Memory());
  expect(() =>
    projector.apply({ seq: 2, ts: 0, kind: "later", target: null, crc: "", data: 1 }),
  ).toThrow("Record 0 is followed by 2");
  expect(new Batch().told("intents")).toEqual({ rows: [], gone: [] });
});

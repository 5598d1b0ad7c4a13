import type { JournalHeader } from "#data/journal/header.ts";
import { nodeDisk } from "#data/journal/node-disk.ts";
import { HEADER, open } from "#data/journal/testing/journals.ts";

export const TARGET = "bybit:paper";
/** 2024-03-05T00:00:00Z; every record is a second after the one before. */
export const SAMPLE_START = Date.UTC(2024, 2, 5);
export const CONTRACTS = [
  { symbol: "BTCUSDT", slot: "net", tick: 0.1, lot: 0.001 },
  { symbol: "ETHUSDT", slot: "net", tick: 0.01, lot: 0.01 },
];

export const NO_LATCHES = { halt: null, gate: null, haltedSymbols: [], quarantined: [] };

/** A record without number, time and checksum. */
export interface SampleRecord {
  readonly kind: string;
  readonly target?: string | null;
  readonly data: unknown;
}

/** A start of an account that has nothing. */
export function started(more: object = {}): SampleRecord {
  const control = { risk: { latches: NO_LATCHES }, aged: null };
  const state = { orders: { working: [], ended: [] }, control };
  const data = { state, names: [], positions: [], runKey: "bot", contracts: CONTRACTS, ...more };
  return { kind: "started", data };
}

/** An order as records keep it. */
export function order(requestId: number, more: object = {}): object {
  return {
    requestId,
    strategy: 1,
    symbol: 0,
    decidedAt: SAMPLE_START,
    keyRest: 33_554_432 + requestId,
    attempt: 1,
    type: 1,
    side: 1,
    qtyLots: 30,
    filledLots: 0,
    priceTicks: 400_003,
    triggerTicks: null,
    reduceOnly: false,
    conditions: null,
    purpose: 0,
    protection: { stopLoss: null, takeProfit: null },
    tag: null,
    status: 2,
    isAccepted: false,
    fenceAt: 0,
    lookups: 0,
    ...more,
  };
}

/** A request to place the order of this number. */
export function place(orderNo: number): object {
  return {
    kind: "place",
    order: orderNo,
    intentId: `intent${orderNo}`,
    requestId: `client${orderNo}`,
    attempt: 1,
    symbol: "BTCUSDT",
    fenceAt: SAMPLE_START + 5_000,
    bytesHash: "00ff",
    reduceOnly: false,
  };
}

/** A row of the trading records about order `no`: transition 2, fill 3, ledger 6. */
export function row(kind: number, no: number, ...values: number[]): number[] {
  return [kind, SAMPLE_START, 0, SAMPLE_START, 33_554_432 + no, ...values];
}

export function step(kind: string, data: object = {}): SampleRecord {
  return { kind, data: { event: {}, ...data } };
}

/** Orders come and go: `rounds` of sent, accepted, bound and filled, five records each. */
export function busyRecords(rounds: number): readonly SampleRecord[] {
  const records: SampleRecord[] = [started()];
  for (let no = 0; no < rounds; no++) {
    const filled = order(no, { status: 8, filledLots: 30, isAccepted: true });
    const mirror = positionNote(
      no % 7 === 0 ? null : { size: 0.03 * (no + 1), lots: 30 * (no + 1) },
    );
    records.push(
      step("decide", {
        orders: [order(no)],
        records: [row(2, no, 1, 0, 0, 1, 0), row(2, no, 2, 0, 0, 1, 0)],
        requests: [place(no)],
      }),
      { kind: "bound", data: { requestId: `client${no}`, venueOrderId: `v${no}` } },
      step("orderAccepted", {
        event: { requestId: no },
        orders: [order(no, { status: 3, isAccepted: true })],
        records: [row(2, no, 3, 0, 0, 1, 0)],
      }),
      step("orderFilled", {
        event: {
          requestId: no,
          executionId: no + 1,
          qtyLots: 30,
          priceTicks: 400_003,
          asOf: SAMPLE_START,
        },
        orders: [filled],
        records: [
          row(3, no, 30, 400_003, 0, 0.5, 0),
          row(2, no, 8, 30, 0, 1, 0),
          row(6, no, 0, 0.5, 100 - no, 30 * (no + 1), 0),
        ],
      }),
      step("snapshot", {
        notes: [mirror],
        control: { risk: { latches: no % 3 === 0 ? NO_LATCHES : halted(no) } },
      }),
    );
  }
  return records;
}

export function halted(no: number): object {
  return {
    ...NO_LATCHES,
    halt: { reason: `halt ${no}`, since: SAMPLE_START + no, clearsAt: null },
  };
}

/** An aged position of ETHUSDT: found, in grace, closed. */
export const AGED_OPENED_AT = SAMPLE_START - 7_200_000;
export const AGED_RECORD = {
  agedAt: SAMPLE_START - 3_600_000,
  graceEndsAt: SAMPLE_START + 1,
  emergencyAt: SAMPLE_START + 2,
  symbol: 1,
  side: -1,
  openedAt: AGED_OPENED_AT,
  id: 4,
  detectedAt: SAMPLE_START,
  status: "grace_pending",
  seq: 2,
  reason: "subscribed",
  graceAt: null,
  progressiveAt: null,
  entryPrice: 2_000,
  breakEven: 1_990,
  target: 1_990,
  tolerancePct: 0,
  price: null,
  attempts: 1,
  waits: 0,
  close: null,
  decidedPrice: null,
  requestId: 12,
  restingPrice: null,
};

/** A transition of it. */
export function agedRow(seq: number, status: number, price: number, reason: number): number[] {
  const at = SAMPLE_START + 1_800_000;
  return [8, at, 1, AGED_OPENED_AT, seq, status, price, 1_985, 0.5, reason];
}

/** What reconcile tells of a difference. */
export function findingNote(kind: string, key: string, at: number): object {
  const about = { class: "sizeDrift", index: 0, symbol: "BTCUSDT", policy: "adopt" };
  return { actor: "reconcile", kind, at, key, ...about, content: "1 here, 2 there" };
}

/** A little of everything that records can tell, so that every table has rows. */
export function everyKind(): readonly SampleRecord[] {
  const aged = (records: number[][], held: object[]): SampleRecord =>
    step("timer", { records, control: { aged: { held } } });
  return [
    ...busyRecords(2),
    aged([agedRow(1, 0, -1, 0), agedRow(2, 1, -1, 2)], [{ record: AGED_RECORD }, { record: null }]),
    step("snapshot", { notes: [findingNote("raised", "a", 5), findingNote("cleared", "b", 6)] }),
    step("fundingPaid", { records: [[4, SAMPLE_START, 1, 0, 0, -0.5, 99, 0, 0, 0]] }),
    step("operator", {
      event: { order: "halt", text: "x" },
      control: { risk: { latches: halted(9) } },
    }),
    { kind: "data.anomaly", data: { anomaly: "gap", symbol: "BTCUSDT", time: SAMPLE_START } },
    step("decide", {
      orders: [order(9)],
      records: [row(2, 9, 1, 0, 0, 1, 0)],
      requests: [place(9)],
    }),
    step("unknownOutcome", {
      event: { requestId: 9 },
      orders: [order(9, { status: 7, lookups: 1 })],
      records: [row(2, 9, 7, 0, 0, 1, 0)],
    }),
    started(),
    aged(
      [agedRow(3, 2, 1_999, 3)],
      [{ record: { ...AGED_RECORD, status: "grace_active", seq: 3, price: 1_999 } }],
    ),
    step("orderRejected", {
      event: { requestId: 9, reason: 30 },
      orders: [order(9, { status: 10 })],
      records: [row(2, 9, 10, 0, 30, 1, 0)],
    }),
    aged([agedRow(4, 4, 1_980, 6)], []),
    step("snapshot", { notes: [findingNote("cleared", "a", 9), positionNote(null)] }),
    step("snapshot", {
      notes: [positionNote({ size: 5 })],
      control: { risk: { latches: NO_LATCHES } },
    }),
    { kind: "later", data: 1 },
  ];
}

/** A change of the mirror's one row. */
export function positionNote(row: object | null, actor = "reconcile"): object {
  const account = { userId: "user", exchange: "bybit", env: "paper" };
  const at = { symbol: "BTCUSDT", slot: "net" };
  const whole = {
    ...account,
    ...at,
    accountType: "demo",
    side: "long",
    size: 0.03,
    lots: 30,
    entryPrice: 40_000.3,
    markPrice: null,
    strategy: "sma",
    source: "bot",
    openedBy: "sma",
    takeProfit: null,
    stopLoss: null,
    isUntracked: false,
    isEstimated: false,
    openedAt: null,
    firstSeenAt: SAMPLE_START,
    updatedAt: SAMPLE_START,
    ...row,
  };
  return {
    actor,
    account,
    ...at,
    row: row === null ? null : whole,
    reason: "opened",
    at: SAMPLE_START,
  };
}

export interface SampleOptions {
  readonly header?: JournalHeader;
  readonly segmentBytes?: number;
}

/** Appends records to a journal in a real folder, made where it is missing. */
export function writeJournal(
  folder: string,
  records: readonly SampleRecord[],
  { header = HEADER, segmentBytes = 67_108_864 }: SampleOptions = {},
): void {
  let now = SAMPLE_START;
  const { journal } = open(nodeDisk, {
    folder,
    header,
    now: () => (now += 1_000),
    limits: { segmentBytes, ballastBytes: 0 },
  });
  for (const { kind, target = TARGET, data } of records) {
    journal.append(kind, target, data);
    if (segmentBytes < 1_000_000) journal.sync();
  }
  journal.close();
}

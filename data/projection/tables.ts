import { orderNo, place, seq, slot, symbol, target, time } from "./common-columns.ts";
import { CASH_FLOWS, FILLS, INTENTS, ORDER_TRANSITIONS, REQUESTS } from "./order-tables.ts";
import { createStatement, type RowOf, type TableSpec } from "./table-spec.ts";

/** Goes up with any change of the tables or of what stands in them; then they are made again, never altered. */
export const PROJECTION_VERSION = 1;

const EVENTS = {
  says: "One row per record of the journal, headers left out",
  key: null,
  columns: {
    seq,
    time,
    target,
    kind: ["VARCHAR", "What happened: decide, orderFilled, snapshot, started …"],
    venue_time: [
      "TIMESTAMP",
      "When the venue says that it happened; of decide the close decided on",
    ],
    symbol,
    order_no: orderNo,
    side: ["VARCHAR", "Of an execution: buy or sell"],
    lots: ["BIGINT", "Of an execution lots; of positionChanged the position, signed"],
    qty: ["DOUBLE", "The same in base units"],
    price: ["DOUBLE", "Of an execution or a price, quote units"],
    amount: ["DOUBLE", "Of funding and balance, quote units"],
    reason: ["VARCHAR", "Reason of a rejection; null without one"],
    detail: ["VARCHAR", "An operator's order and words"],
    requests: ["BIGINT", "Requests that left because of it"],
  },
} as const satisfies TableSpec;

const FINDINGS = {
  says: "What reconcile found to differ, from when to when",
  key: ["target", "key", "class", "told_seq"],
  columns: {
    target,
    key: ["VARCHAR", "What is compared: position BTCUSDT net, order 17, wallet"],
    class: ["VARCHAR", "Class of the difference"],
    told_seq: ["BIGINT", "Record that raised it, or the one that cleared what was raised earlier"],
    policy: ["VARCHAR", "What is done about it"],
    symbol,
    content: ["VARCHAR", "What both sides said"],
    raised_at: ["TIMESTAMP", "Null when it was raised before the history begins"],
    cleared_at: ["TIMESTAMP", "Null while it lasts"],
  },
} as const satisfies TableSpec;

const ACTIVE_POSITIONS = {
  says: "What the venues say that is open; written by reconcile alone",
  key: ["user_id", "target", "symbol", "slot"],
  columns: {
    user_id: ["VARCHAR", "Whose account"],
    target,
    exchange: ["VARCHAR", "First part of the target"],
    env: ["VARCHAR", "Second part of the target"],
    account_type: ["VARCHAR", "The venue's word for env: demo, real, testnet, mainnet"],
    symbol,
    slot,
    side: ["VARCHAR", "long or short"],
    size: ["DOUBLE", "Base units, positive"],
    lots: ["BIGINT", "Signed lots; null for a contract that the engine does not trade"],
    entry_price: ["DOUBLE", "Quote units"],
    mark_price: ["DOUBLE", "Quote units, as of the last change that was written"],
    strategy: ["VARCHAR", "Which strategy opened it"],
    source: ["VARCHAR", "How it came about"],
    opened_by: ["VARCHAR", "Who opened it"],
    take_profit: ["DOUBLE", "Price of the resting target, quote units"],
    stop_loss: ["DOUBLE", "Price of the resting stop, quote units"],
    is_untracked: ["BOOLEAN", "The venue has it and no strategy of ours does"],
    is_estimated: ["BOOLEAN", "Size or entry were taken over without the executions behind them"],
    opened_at: ["TIMESTAMP", "When the venue says that it was opened"],
    first_seen_at: ["TIMESTAMP", "When reconcile saw it first"],
    updated_at: ["TIMESTAMP", "Last change of the row"],
  },
} as const satisfies TableSpec;

const POSITION_CHANGES = {
  says: "Every change of active_positions; side and size are null when the row went",
  key: null,
  columns: {
    seq,
    place,
    time,
    user_id: ["VARCHAR", "Whose account"],
    target,
    symbol,
    slot,
    reason: ["VARCHAR", "opened, resized, turned, closed, mark …"],
    side: ["VARCHAR", "long or short"],
    size: ["DOUBLE", "Base units"],
    entry_price: ["DOUBLE", "Quote units"],
    mark_price: ["DOUBLE", "Quote units"],
  },
} as const satisfies TableSpec;

const AGED_POSITIONS = {
  says: "One row per position that became aged, as the last record left it",
  key: ["target", "symbol_index", "opened_at"],
  columns: {
    target,
    symbol_index: ["BIGINT", "The engine's index of the contract and side"],
    opened_at: ["TIMESTAMP", "By the venue, or the first fill"],
    id: ["BIGINT", "Number of the record, in order of detection", "known"],
    symbol,
    slot,
    side: ["VARCHAR", "long or short", "known"],
    status: ["VARCHAR", "detected, grace_pending, grace_active, progressive_active, closed, error"],
    reason: ["VARCHAR", "Reason of the last transition; of closed the rule that closed it"],
    aged_at: ["TIMESTAMP", "Aged after this", "known"],
    grace_ends_at: ["TIMESTAMP", "The grace ends after this", "known"],
    emergency_at: ["TIMESTAMP", "Emergency after this", "known"],
    detected_at: ["TIMESTAMP", "When the detector found it", "known"],
    grace_at: ["TIMESTAMP", "When grace_active began", "known"],
    progressive_at: ["TIMESTAMP", "When progressive_active began", "known"],
    closed_at: ["TIMESTAMP", "When it was flat"],
    entry_price: ["DOUBLE", "Average entry, quote units", "known"],
    break_even: ["DOUBLE", "Price that pays both fees, quote units", "known"],
    price: ["DOUBLE", "Price that the rules looked at last, quote units", "known"],
    target_price: ["DOUBLE", "What the price has to meet, quote units"],
    tolerance_pct: ["DOUBLE", "Loss that is tolerated, percent of the entry price"],
    attempts: ["BIGINT", "Attempts of the campaign that is under way"],
    waits: ["BIGINT", "Times that the venue was closed for orders"],
    close_rule: ["VARCHAR", "Rule of the order that is or was under way", "known"],
    decided_price: ["DOUBLE", "Price that it was decided on", "known"],
    order_no: ["BIGINT", "Its order that was sent last", "known"],
    resting_price: ["DOUBLE", "Limit mode: price at which the order rests"],
    close_price: ["DOUBLE", "Average price of all exits, quote units"],
    pnl_pct: ["DOUBLE", "The same against the entry, percent, before fees"],
    history_seq: ["BIGINT", "Number of its last row in aged_positions_history"],
    updated_at: ["TIMESTAMP", "Time of the last record that tells of it"],
  },
} as const satisfies TableSpec;

const AGED_HISTORY = {
  says: "Every transition of an aged position, numbered without a hole",
  key: null,
  columns: {
    target,
    id: ["BIGINT", "Number of the aged position; null where it is not told"],
    symbol_index: ["BIGINT", "The engine's index of the contract and side"],
    opened_at: ["TIMESTAMP", "With target and symbol_index the key of aged_positions"],
    symbol,
    slot,
    seq: ["BIGINT", "1, 2, 3 … per position"],
    record_seq: ["BIGINT", "Number of the journal's record"],
    time: ["TIMESTAMP", "Time of the transition, the engine's clock"],
    from_status: ["VARCHAR", "Null for the first"],
    to_status: ["VARCHAR", "Status afterwards"],
    reason: ["VARCHAR", "Why"],
    price: ["DOUBLE", "Price that led to it; of closed the price of the exits"],
    target_price: ["DOUBLE", "What the price had to meet"],
    tolerance_pct: ["DOUBLE", "Loss that was tolerated, percent"],
    hours: ["DOUBLE", "Hours since the position became aged"],
  },
} as const satisfies TableSpec;

const LATCHES = {
  says: "What stopped an account from taking new risk, from when to when",
  key: ["target", "kind", "symbol", "set_seq"],
  columns: {
    target,
    kind: ["VARCHAR", "halt, gate, symbolHalt or quarantine"],
    symbol: ["VARCHAR", "Empty for the account"],
    set_seq: ["BIGINT", "Record that set it"],
    reason: ["VARCHAR", "Why"],
    since: ["TIMESTAMP", "Engine's time when it was set"],
    clears_at: ["TIMESTAMP", "Ends by itself then; null: by hand alone"],
    lifted_at: ["TIMESTAMP", "Time of the record without it; null while it stands"],
  },
} as const satisfies TableSpec;

const DATA_ANOMALIES = {
  says: "What a feed or a record told that cannot be right",
  key: null,
  columns: {
    seq,
    time,
    target,
    symbol,
    anomaly: [
      "VARCHAR",
      "duplicate, changed, late, unclosed, misaligned, invalid, gap, foreignRow",
    ],
    bar_time: ["TIMESTAMP", "Open of the candle"],
    detail: ["VARCHAR", "What else there is to say"],
  },
} as const satisfies TableSpec;

const BOT_RUNS = {
  says: "Lives of an engine per account: from a start to the next",
  key: ["target", "life"],
  columns: {
    target,
    life: ["BIGINT", "1, 2, 3 … per target"],
    engine_id: ["VARCHAR", "Who wrote, as the journal's header says"],
    build: ["VARCHAR", "Build that ran"],
    run_key: ["VARCHAR", "The deployment: part of every intent's identity"],
    started_seq: ["BIGINT", "Record that began it; null when that is before the history"],
    started_at: ["TIMESTAMP", "Time of that record"],
    last_seen_at: ["TIMESTAMP", "Time of its last record"],
    ended_at: ["TIMESTAMP", "The same, once a later life has begun; null for the newest"],
    records: ["BIGINT", "Records of the target in it"],
  },
} as const satisfies TableSpec;

const CONTRACTS = {
  says: "Places of an engine: contract, side and the grid of its prices and sizes",
  key: ["target", "symbol_index"],
  columns: {
    target,
    symbol_index: ["BIGINT", "The engine's index"],
    symbol,
    slot,
    tick: ["DOUBLE", "Price step, quote units; null where it is not told"],
    lot: ["DOUBLE", "Size step, base units; null where it is not told"],
  },
} as const satisfies TableSpec;

export const TABLES = {
  intents: INTENTS,
  order_transitions: ORDER_TRANSITIONS,
  fills: FILLS,
  cash_flows: CASH_FLOWS,
  requests: REQUESTS,
  events: EVENTS,
  reconcile_findings: FINDINGS,
  active_positions: ACTIVE_POSITIONS,
  position_changes: POSITION_CHANGES,
  aged_positions: AGED_POSITIONS,
  aged_positions_history: AGED_HISTORY,
  latches: LATCHES,
  data_anomalies: DATA_ANOMALIES,
  bot_runs: BOT_RUNS,
  contracts: CONTRACTS,
} as const satisfies Record<string, TableSpec>;

export type TableName = keyof typeof TABLES;
export type Row<Name extends TableName> = RowOf<(typeof TABLES)[Name]>;
export const TABLE_NAMES = Object.keys(TABLES) as readonly TableName[];

/** Tables whose rows are only added, and those whose rows are told again. */
export type EventTable = {
  [Name in TableName]: (typeof TABLES)[Name]["key"] extends null ? Name : never;
}[TableName];
export type StateTable = Exclude<TableName, EventTable>;

/** One row per attempt with the state of its intent: what a venue knows, and may know. */
const ORDERS_VIEW = `CREATE VIEW orders AS
  SELECT r.target, r.request_id, r.venue_order_id, r.attempt, r.time AS sent_at, i.order_no, i.intent_id, i.symbol,
    i.slot, i.source, i.purpose, i.type, i.side, i.reduce_only, i.qty, i.filled_qty, i.lots, i.filled_lots, i.price,
    i.trigger,
    CASE WHEN i.request_id = r.request_id THEN i.status ELSE 'superseded' END AS status,
    i.is_working AND i.request_id = r.request_id AS is_working, i.updated_at
  FROM requests r JOIN intents i ON i.target = r.target AND i.order_no = r.order_no
  WHERE r.kind = 'place'`;

/** Everything that a new file holds. */
export const CREATE_STATEMENTS: readonly string[] = [
  `CREATE TABLE projection (version INTEGER, journal_id VARCHAR, first_crc VARCHAR, last_seq BIGINT,
    last_crc VARCHAR, history_from BIGINT, writer_id VARCHAR, writer_build VARCHAR)`,
  ...Object.entries(TABLES).map(([name, spec]) => createStatement(name, spec)),
  ORDERS_VIEW,
  `INSERT INTO projection VALUES (${PROJECTION_VERSION}, '', '', 0, '00000000', 1, '', '')`,
];

import { agedHours } from "#engine/aged/aged-stages.ts";
import { ABSENT, RECORD } from "#engine/records/record-log.ts";
import type { Batch } from "./batch.ts";
import { agedKey, findingKey, latchKey } from "./memory.ts";
import { orNull } from "./project-orders.ts";
import type {
  AgedRecordRow,
  ControlRecord,
  FindingNote,
  LatchesRecord,
  PositionRecord,
  RowNote,
  StepRecord,
} from "./record-schema.ts";
import type { RecordScope } from "./record-scope.ts";
import type { Row } from "./tables.ts";
import { agedReasonWord, agedStatusWord } from "./words.ts";

const RECONCILE = "reconcile";

/** Latches, aged positions, findings and the rows of the mirror. */
export function projectControl(scope: RecordScope, step: StepRecord): void {
  const { control, notes, records } = step;
  for (const values of records) {
    if (values[0] === RECORD.aged) moveAged(scope, values, control);
  }
  putHeld(scope, control);
  if (control.risk !== undefined) projectLatches(scope, control.risk.latches);
  for (const note of notes) {
    if ("row" in note) projectRow(scope, note);
    else projectFinding(scope, note);
  }
}

/** The same of a state that was kept. */
export function projectKeptControl(scope: RecordScope, control: ControlRecord): void {
  putHeld(scope, control);
  if (control.risk !== undefined) projectLatches(scope, control.risk.latches);
}

/** Rows of a state that was kept: only reconcile ever wrote them. */
export function projectKeptPositions(
  scope: RecordScope,
  positions: readonly PositionRecord[],
): void {
  for (const row of positions) scope.batch.put("active_positions", positionRow(row));
}

/** Two lists of latches: what is new was set, what is gone was lifted, what changed was lifted and set anew. */
function projectLatches(scope: RecordScope, latches: LatchesRecord): void {
  const now = new Map<string, Row<"latches">>();
  const stand = (
    kind: string,
    symbol: string,
    latch: { readonly reason: string; readonly since: number; readonly clearsAt: number | null },
  ): void => {
    now.set(latchKey(kind, symbol), {
      target: scope.target,
      kind,
      symbol,
      set_seq: scope.seq,
      reason: latch.reason,
      since: latch.since,
      clears_at: latch.clearsAt,
      lifted_at: null,
    });
  };
  if (latches.halt !== null) stand("halt", "", latches.halt);
  if (latches.gate !== null) stand("gate", "", latches.gate);
  for (const latch of latches.haltedSymbols) stand("symbolHalt", latch.symbol, latch);
  for (const latch of latches.quarantined) stand("quarantine", latch.symbol, latch);
  const { latches: before } = scope.memory;
  for (const [key, row] of before) {
    const after = now.get(key);
    const isSame =
      after?.reason === row.reason &&
      after.since === row.since &&
      after.clears_at === row.clears_at;
    if (isSame) {
      now.delete(key);
      continue;
    }
    scope.batch.put("latches", { ...row, lifted_at: scope.ts });
    before.delete(key);
  }
  for (const [key, row] of now) {
    scope.batch.put("latches", row);
    before.set(key, row);
  }
}

function projectFinding(scope: RecordScope, note: FindingNote): void {
  const { findings } = scope.memory;
  const key = findingKey(note.key, note.class);
  const open = findings.get(key);
  if (note.kind === "cleared" && open !== undefined) {
    findings.delete(key);
    scope.batch.put("reconcile_findings", { ...open, cleared_at: note.at });
    return;
  }
  const row: Row<"reconcile_findings"> = {
    target: scope.target,
    key: note.key,
    class: note.class,
    told_seq: scope.seq,
    policy: note.policy,
    symbol: note.symbol === "" ? null : note.symbol,
    content: note.content,
    raised_at: note.kind === "raised" ? note.at : null,
    cleared_at: note.kind === "cleared" ? note.at : null,
  };
  scope.batch.put("reconcile_findings", row);
  if (note.kind === "raised") findings.set(key, row);
}

/** I14: a row that anybody but reconcile wrote reaches no table of positions. */
function projectRow(scope: RecordScope, note: RowNote): void {
  const { actor, account, symbol, slot, row } = note;
  if (actor !== RECONCILE) {
    scope.batch.add("data_anomalies", {
      seq: scope.seq,
      time: scope.ts,
      target: scope.target,
      symbol,
      anomaly: "foreignRow",
      bar_time: null,
      detail: `A row of active_positions by "${actor}" was left out`,
    });
    return;
  }
  const target = `${account.exchange}:${account.env}`;
  if (row === null) scope.batch.remove({ user_id: account.userId, target, symbol, slot });
  else scope.batch.put("active_positions", positionRow(row));
  scope.batch.add("position_changes", {
    seq: scope.seq,
    place: scope.nextPlace("position_changes"),
    time: scope.ts,
    user_id: account.userId,
    target,
    symbol,
    slot,
    reason: note.reason,
    side: row?.side ?? null,
    size: row?.size ?? null,
    entry_price: row?.entryPrice ?? null,
    mark_price: row?.markPrice ?? null,
  });
}

function positionRow(row: PositionRecord): Row<"active_positions"> {
  return {
    user_id: row.userId,
    target: `${row.exchange}:${row.env}`,
    exchange: row.exchange,
    env: row.env,
    account_type: row.accountType,
    symbol: row.symbol,
    slot: row.slot,
    side: row.side,
    size: row.size,
    lots: row.lots,
    entry_price: row.entryPrice,
    mark_price: row.markPrice,
    strategy: row.strategy,
    source: row.source,
    opened_by: row.openedBy,
    take_profit: row.takeProfit,
    stop_loss: row.stopLoss,
    is_untracked: row.isUntracked,
    is_estimated: row.isEstimated,
    opened_at: row.openedAt,
    first_seen_at: row.firstSeenAt,
    updated_at: row.updatedAt,
  };
}

/** `[8, time, symbol, opened at, number, status, price, target, tolerated loss, reason]` */
function moveAged(scope: RecordScope, values: readonly number[], control: ControlRecord): void {
  const [, time = 0, symbol = 0, openedAt = 0, seq = 0, status = 0] = values;
  const { memory, batch } = scope;
  const key = agedKey(symbol, openedAt);
  const held = heldRecords(control).find(
    (record) => record.symbol === symbol && record.openedAt === openedAt,
  );
  const kept = memory.aged.get(key) ?? (held === undefined ? null : agedRow(scope, held));
  const contract = memory.contract(symbol);
  const isKnown = memory.aged.has(key);
  const to = agedStatusWord(status);
  const price = orNull(values[6]);
  const agedAt = kept?.aged_at ?? null;
  const moved = {
    status: to,
    reason: agedReasonWord(values[9] ?? ABSENT),
    target_price: orNull(values[7]),
    tolerance_pct: values[8] ?? null,
  };
  batch.add("aged_positions_history", {
    target: scope.target,
    id: kept?.id ?? null,
    symbol_index: symbol,
    opened_at: openedAt,
    symbol: contract.symbol,
    slot: contract.slot,
    seq,
    record_seq: scope.seq,
    time,
    from_status: isKnown ? (kept?.status ?? null) : null,
    to_status: to,
    reason: moved.reason,
    price,
    target_price: moved.target_price,
    tolerance_pct: moved.tolerance_pct,
    hours: agedAt === null ? null : agedHours({ agedAt }, time),
  });
  const row: Row<"aged_positions"> = {
    ...(kept ?? unknownAged(scope, symbol, openedAt)),
    ...moved,
    history_seq: seq,
    updated_at: scope.ts,
  };
  if (to !== "closed") {
    memory.aged.set(key, row);
    batch.put("aged_positions", row);
    return;
  }
  memory.aged.delete(key);
  batch.put("aged_positions", { ...row, ...closedAt(row, price, time) });
}

/** How it came out: as `engine/aged/aged-positions.ts` reckons it. */
function closedAt(
  { side, entry_price: entry }: Row<"aged_positions">,
  price: number | null,
  time: number,
): Pick<Row<"aged_positions">, "closed_at" | "close_price" | "pnl_pct"> {
  const sign = side === "short" ? -1 : 1;
  const isKnown = price !== null && entry !== null && side !== null;
  const pnl = isKnown ? (sign * (price - entry) * 100) / entry : null;
  return { closed_at: time, close_price: price, pnl_pct: pnl };
}

function heldRecords({ aged }: ControlRecord): readonly AgedRecordRow[] {
  return (aged?.held ?? []).flatMap(({ record }) => (record === null ? [] : [record]));
}

function putHeld(scope: RecordScope, control: ControlRecord): void {
  for (const record of heldRecords(control)) {
    const row = agedRow(scope, record);
    scope.memory.aged.set(agedKey(record.symbol, record.openedAt), row);
    scope.batch.put("aged_positions", row);
  }
}

function agedRow(scope: RecordScope, record: AgedRecordRow): Row<"aged_positions"> {
  const contract = scope.memory.contract(record.symbol);
  return {
    target: scope.target,
    symbol_index: record.symbol,
    opened_at: record.openedAt,
    id: record.id,
    symbol: contract.symbol,
    slot: contract.slot,
    side: record.side > 0 ? "long" : "short",
    status: record.status,
    reason: record.reason,
    aged_at: record.agedAt,
    grace_ends_at: record.graceEndsAt,
    emergency_at: record.emergencyAt,
    detected_at: record.detectedAt,
    grace_at: record.graceAt,
    progressive_at: record.progressiveAt,
    closed_at: null,
    entry_price: record.entryPrice,
    break_even: record.breakEven,
    price: record.price,
    target_price: record.target,
    tolerance_pct: record.tolerancePct,
    attempts: record.attempts,
    waits: record.waits,
    close_rule: record.close,
    decided_price: record.decidedPrice,
    order_no: record.requestId,
    resting_price: record.restingPrice,
    close_price: null,
    pnl_pct: null,
    history_seq: record.seq,
    updated_at: scope.ts,
  };
}

/** A position of which the state that was kept does not tell. */
function unknownAged(scope: RecordScope, symbol: number, openedAt: number): Row<"aged_positions"> {
  const { target, memory } = scope;
  const contract = memory.contract(symbol);
  return {
    target,
    symbol_index: symbol,
    opened_at: openedAt,
    id: null,
    symbol: contract.symbol,
    slot: contract.slot,
    side: null,
    status: "detected",
    reason: null,
    aged_at: null,
    grace_ends_at: null,
    emergency_at: null,
    detected_at: null,
    grace_at: null,
    progressive_at: null,
    closed_at: null,
    entry_price: null,
    break_even: null,
    price: null,
    target_price: null,
    tolerance_pct: null,
    attempts: 0,
    waits: 0,
    close_rule: null,
    decided_price: null,
    order_no: null,
    resting_price: null,
    close_price: null,
    pnl_pct: null,
    history_seq: 0,
    updated_at: scope.ts,
  };
}

/** A candle that a feed told and that cannot be right. */
export function addAnomaly(
  batch: Batch,
  scope: RecordScope,
  data: { readonly anomaly: string; readonly symbol: string; readonly time: number },
): void {
  batch.add("data_anomalies", {
    seq: scope.seq,
    time: scope.ts,
    target: scope.target,
    symbol: data.symbol,
    anomaly: data.anomaly,
    bar_time: data.time,
    detail: null,
  });
}

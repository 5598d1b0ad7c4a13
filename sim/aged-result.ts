import type { AgedHistoryRow, AgedRecord } from "#engine/aged/aged-record.ts";
import { agedHours, HOUR_MS } from "#engine/aged/aged-stages.ts";
import type { EngineAged } from "#engine/aged/engine-aged.ts";
import { must } from "#engine/assert.ts";
import type { AgedPosition, AgedResult, AgedTransition } from "#engine/result/aged-result.ts";
import type { Side, Trade } from "#engine/result/run-result.ts";

/**
 * The aged positions of a run with the trades that they are.
 * @param symbols name of each slot
 * @param endAt when the run ended: what is open is as old as that
 */
export function agedResult(
  { positions, log }: EngineAged,
  symbols: readonly string[],
  trades: readonly Trade[],
  endAt: number,
): AgedResult {
  const byOpening = new Map(trades.map((trade) => [keyOf(trade.symbol, trade), trade]));
  const lastRows = new Map(log.history.map((row) => [row.recordId, row]));
  const nameOf = (symbol: number): string => must(symbols[symbol], "A slot has a symbol");
  return {
    config: positions.config,
    positions: log.records.map((record) => {
      const symbol = nameOf(record.symbol);
      const side = sideOf(record.side);
      const trade = byOpening.get(keyOf(symbol, { side, openedAt: record.openedAt }));
      const last = must(lastRows.get(record.id), "A record has a row");
      return positionOf(record, symbol, must(trade, "An aged position is a trade"), last, endAt);
    }),
    history: log.history.map((row) => {
      const record = must(log.records[row.recordId - 1], "A row belongs to a record");
      return transitionOf(row, nameOf(row.symbol), sideOf(record.side));
    }),
  };
}

function positionOf(
  record: AgedRecord,
  symbol: string,
  trade: Trade,
  last: AgedHistoryRow,
  endAt: number,
): AgedPosition {
  const { closedAt, graceAt, progressiveAt, reason } = record;
  const until = closedAt ?? endAt;
  const isClosed = closedAt !== null;
  return {
    id: record.id,
    tradeId: trade.id,
    symbol,
    side: trade.side,
    status: record.status,
    reason: isClosed ? reason : null,
    closedFrom: isClosed ? last.from : null,
    openedAt: record.openedAt,
    detectedAt: record.detectedAt,
    graceAt,
    progressiveAt,
    closedAt,
    graceEndsAt: record.graceEndsAt,
    emergencyAt: record.emergencyAt,
    hoursAged: agedHours(record, until),
    hoursInGrace: graceAt === null ? null : ((progressiveAt ?? until) - graceAt) / HOUR_MS,
    hoursInProgressive: progressiveAt === null ? null : (until - progressiveAt) / HOUR_MS,
    entryPrice: record.entryPrice,
    breakEven: record.breakEven,
    target: record.target,
    tolerancePct: record.tolerancePct,
    attempts: record.attempts,
    orderId: record.requestId,
    decidedPrice: record.decidedPrice,
    closePrice: record.closePrice,
    pnlPct: record.pnlPct,
    netPnl: isClosed ? trade.netPnl : null,
    returnPct: isClosed ? trade.returnPct : null,
  };
}

function transitionOf(row: AgedHistoryRow, symbol: string, side: Side): AgedTransition {
  const { recordId, seq, time, from, to, reason, price, target, tolerancePct, hours } = row;
  return {
    position: recordId,
    seq,
    symbol,
    side,
    time,
    from,
    to,
    reason,
    price,
    target,
    tolerancePct,
    hours,
  };
}

function sideOf(side: 1 | -1): Side {
  return side > 0 ? "long" : "short";
}

function keyOf(symbol: string, { side, openedAt }: Pick<Trade, "side" | "openedAt">): string {
  return `${symbol} ${side} ${openedAt}`;
}

import type { AgedConfig } from "#engine/aged/aged-config.ts";
import type { AgedPriceRules } from "#engine/aged/aged-monitor.ts";
import { type AgedOrderParts, AgedOrders } from "#engine/aged/aged-orders.ts";
import { AgedPositions } from "#engine/aged/aged-positions.ts";
import {
  AGED_CLOSES,
  AGED_REASONS,
  AGED_STATUSES,
  type AgedEnd,
  type AgedHistoryRow,
  type AgedRecord,
} from "#engine/aged/aged-record.ts";
import { must } from "#engine/assert.ts";
import type { Position } from "#engine/ledger/position.ts";
import type { EngineEvent } from "#engine/model/event.ts";
import { PURPOSE } from "#engine/model/order-terms.ts";
import { isTerminal } from "#engine/orders/order-status.ts";
import type { Order } from "#engine/orders/order-store.ts";
import { ABSENT, RECORD, type RecordLog } from "#engine/records/record-log.ts";
import type { EngineSeries } from "#engine/strategy/series-view.ts";

/** The aged rules of one account: what they are and which prices they act on. */
export interface AgedSettings {
  readonly config: AgedConfig;
  readonly prices: AgedPriceRules;
}

export interface EngineAgedParts extends AgedOrderParts {
  readonly records: RecordLog;
}

/** What the aged rules did so far; a driver that keeps it elsewhere may take rows out. */
export interface AgedLog {
  /** In order of detection. */
  readonly records: AgedRecord[];
  /** In order of time. */
  readonly history: AgedHistoryRow[];
}

/**
 * The aged rules inside the engine: hands on what the engine books and hears, gives the closes of the finest candles as
 * prices, and writes every transition to the trading records.
 */
export class EngineAged {
  readonly positions: AgedPositions;
  readonly log: AgedLog = { records: [], history: [] };
  readonly #parts: EngineAgedParts;
  readonly #orders: AgedOrders;

  constructor({ config, prices }: AgedSettings, parts: EngineAgedParts) {
    this.#parts = parts;
    this.#orders = new AgedOrders(parts);
    this.positions = new AgedPositions(config, prices, this.#orders, (row, record) =>
      this.#write(row, record),
    );
  }

  /**
   * All market data of this time has arrived: the detector first, then the close of every candle that ended now, then
   * what time alone decides.
   */
  decide(time: number): void {
    const { positions } = this;
    if (positions.heldCount === 0) return;
    // Bars that came late closed by the venue's clock; positions age by ours.
    const { now } = this.#parts.records;
    if (positions.recordCount === 0 && now < positions.nextDetectionAt) return;
    positions.detect(now);
    if (positions.recordCount === 0) return;
    const { clocks } = this.#parts;
    for (let symbol = 0; symbol < positions.slotCount; symbol++) {
      if (positions.recordOf(symbol) === null) continue;
      const { bars, index } = clocks[symbol] as EngineSeries;
      if (index < 0 || (bars.time[index] as number) + bars.intervalMs !== time) continue;
      positions.onPrice(symbol, bars.close[index] as number, time, now);
    }
    positions.onTime(now);
  }

  /** An execution was booked: the position went from `before` lots to what the ledger holds now. */
  onBooked(event: EngineEvent, before: number, order: Order | null): void {
    const { symbol, side, time } = event;
    const { ledger } = this.#parts;
    const { positions } = this;
    const position = ledger.positions[symbol] as Position;
    const after = position.qtyLots;
    const isExit = before !== 0 && before > 0 !== side > 0;
    const hasEnded = isExit && before * after <= 0;
    if (isExit) {
      positions.onReduced(symbol, Math.min(event.qtyLots, Math.abs(before)), ledger.price);
    }
    if (hasEnded) {
      this.#orders.forget(symbol);
      positions.onFlat(symbol, endOf(order), time);
    }
    if (after === 0) return;
    if (before === 0 || hasEnded) {
      positions.onOpened(symbol, after > 0 ? 1 : -1, time, position.entryPrice, time);
      return;
    }
    const isOurs = order !== null && order.purpose === PURPOSE.aged;
    if (!isOurs) positions.onChanged(symbol, position.entryPrice);
    else if (isTerminal(order.status)) positions.onCloseNews(symbol, 0, time);
  }

  /** An order of the aged rules has ended otherwise than by a fill. */
  onOrderEnded({ symbol }: Order, { reason, time }: EngineEvent): void {
    this.positions.onCloseNews(symbol, reason, time);
  }

  /** Whether a resting order belongs to the aged position of now. */
  owns({ symbol, requestId }: Order): boolean {
    return this.positions.recordOf(symbol)?.requestId === requestId;
  }

  #write(row: AgedHistoryRow, record: AgedRecord): void {
    if (row.from === null) this.log.records.push(record);
    this.log.history.push(row);
    const { records } = this.#parts;
    const key = { decidedAt: record.openedAt, keyRest: row.seq };
    const at = records.add(RECORD.aged, row.symbol, key);
    const { rows } = records;
    rows[at] = AGED_STATUSES.indexOf(row.to);
    rows[at + 1] = row.price ?? ABSENT;
    rows[at + 2] = row.target ?? ABSENT;
    rows[at + 3] = row.tolerancePct;
    rows[at + 4] = AGED_REASONS.indexOf(row.reason);
  }
}

/** How a position ended, by the order that made it flat; null is the venue itself. */
function endOf(order: Order | null): AgedEnd {
  if (order === null || order.purpose === PURPOSE.external) return "closed_externally";
  if (order.purpose !== PURPOSE.aged) return "other_exit";
  const close = AGED_CLOSES.find((word) => word === order.tag);
  return must(close, "An order of the aged rules bears its rule as its tag");
}

import type { Ledger } from "#engine/ledger/ledger.ts";
import type { Position } from "#engine/ledger/position.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import { BUY, SELL } from "#engine/model/order-terms.ts";
import type { PositionSlot, VenueSymbolSettings } from "#engine/model/venue-snapshot.ts";
import type { OrderManager } from "#engine/orders/order-manager.ts";
import type { Order } from "#engine/orders/order-store.ts";
import { protectiveTicks } from "#engine/orders/protective-orders.ts";
import type { Protection } from "#engine/rules/protection.ts";
import type { LocalBooks, LocalProtection, PositionOrigin } from "./local-books.ts";

export interface EngineBookParts {
  readonly instruments: readonly Instrument[];
  readonly slots: readonly PositionSlot[];
  readonly ledger: Ledger;
  readonly orderManager: OrderManager;
  readonly protections: readonly Protection[];
  /** Names of the strategies by their number. */
  readonly strategyName: (strategy: number) => string | null;
  readonly modes: Omit<VenueSymbolSettings, "index" | "leverage">;
  /** Leverage that was asked for last, by index. */
  readonly leverage: Float64Array;
  readonly instrumentOf: (symbol: string) => Instrument | null;
}

/** What an engine believes of its account. */
export class EngineBooks implements LocalBooks {
  readonly size: number = 0;
  /** Engine time of the last change of the wallet. */
  lastMoneyAt = Number.NEGATIVE_INFINITY;
  readonly #parts: EngineBookParts;
  /** Written anew by each question, because reconcile asks in every backtest. */
  readonly #protection = {
    stopTicks: 0,
    stopLots: 0,
    stopRequestId: 0,
    targetTicks: 0,
    targetLots: 0,
    targetRequestId: 0,
  };
  readonly #settings: { leverage: number } & EngineBookParts["modes"];

  constructor(parts: EngineBookParts) {
    this.#parts = parts;
    this.#settings = { ...parts.modes, leverage: 0 };
    this.size = parts.instruments.length;
  }

  get wallet(): number {
    return this.#parts.ledger.wallet;
  }

  qtyLots(index: number): number {
    return (this.#parts.ledger.positions[index] as Position).qtyLots;
  }

  entryPrice(index: number): number {
    return (this.#parts.ledger.positions[index] as Position).entryPrice;
  }

  slot(index: number): PositionSlot {
    return this.#parts.slots[index] as PositionSlot;
  }

  instrument(index: number): Instrument {
    return this.#parts.instruments[index] as Instrument;
  }

  instrumentOf(symbol: string): Instrument | null {
    return this.#parts.instrumentOf(symbol);
  }

  protection(index: number): LocalProtection | null {
    const lots = this.qtyLots(index);
    if (lots === 0) return null;
    const { stopPrice, targetPrice, stopId, targetId } = this.#parts.protections[
      index
    ] as Protection;
    if (stopPrice !== stopPrice && targetPrice !== targetPrice) return null;
    const { tick } = this.instrument(index);
    const side = lots > 0 ? SELL : BUY;
    const wanted = this.#protection;
    wanted.stopTicks = protectiveTicks(tick, stopPrice, side);
    wanted.stopLots = stopPrice === stopPrice ? Math.abs(lots) : Number.NaN;
    wanted.stopRequestId = stopId;
    wanted.targetTicks = protectiveTicks(tick, targetPrice, side);
    wanted.targetLots = targetPrice === targetPrice ? Math.abs(lots) : Number.NaN;
    wanted.targetRequestId = targetId;
    return wanted;
  }

  origin(index: number): PositionOrigin | null {
    const trade = this.#parts.ledger.trades.open[index];
    if (trade?.isOpen !== true) return null;
    const order = this.find(trade.entryRequest);
    if (order === undefined) return null;
    const strategy = this.#parts.strategyName(order.strategy);
    return { strategy, source: "bot", openedBy: strategy };
  }

  settings(index: number): Omit<VenueSymbolSettings, "index"> | null {
    this.#settings.leverage = this.#parts.leverage[index] as number;
    return this.#settings;
  }

  working(index: number): readonly Order[] {
    return this.#parts.orderManager.store.working(index);
  }

  find(requestId: number): Order | undefined {
    return requestId < 0 ? undefined : this.#parts.orderManager.store.find(requestId);
  }

  lastActivityAt(index: number): number {
    return this.#parts.orderManager.activityAt[index] as number;
  }
}

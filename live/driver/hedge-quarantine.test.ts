import { expect, test } from "vitest";
import { EngineEvent, EVENT } from "#engine/model/event.ts";
import type { VenuePosition } from "#engine/model/venue-snapshot.ts";
import { ActivePositions } from "#engine/reconcile/active-positions.ts";
import { defineStrategy } from "#engine/strategy/define-strategy.ts";
import { instrument, MINUTE } from "#engine/testing/hand-driven-engine.ts";
import { makeEngine } from "./make-engine.ts";

const idle = defineStrategy({ name: "idle", description: "Does nothing", onBar: () => {} });
const LONG = 0;
const SHORT = 1;

/** A position that nobody here has opened, one lot of either side. */
function orphan(index: number): VenuePosition {
  const sign = index === LONG ? 1 : -1;
  return {
    index,
    symbol: instrument.symbol,
    slot: index === LONG ? "long" : "short",
    qtyLots: sign,
    qty: sign * 0.001,
    entryPrice: 100,
    markPrice: 100,
    openedAt: Number.NaN,
    hasTrailingStop: false,
  };
}

test("a symbol is quarantined for as long as either of its sides is not understood", () => {
  const terms = {
    target: { exchange: "bybit", env: "paper" },
    userId: "user",
    instruments: [instrument],
    positionMode: "hedge",
    marginMode: "isolated",
    leverage: 1,
    balance: 10_000,
    strategy: idle,
    params: {},
    candleMs: MINUTE,
    candles: 8,
    rules: {},
    aged: null,
    risk: {},
    reconcile: {},
    startedAt: 0,
    decideFrom: 0,
  } as const;
  const { engine } = makeEngine(terms, new ActivePositions());
  let now = MINUTE;
  /** Two cuts that agree: what they show is convicted. */
  const cut = (...indexes: readonly number[]): boolean => {
    for (let cuts = 0; cuts < 2; cuts++) {
      now += MINUTE;
      const event = new EngineEvent();
      event.kind = EVENT.snapshot;
      event.time = now;
      event.snapshot = {
        beganAt: now - 10,
        asOf: now,
        positions: indexes.map(orphan),
        orders: [],
        executions: [],
        executionsFrom: 0,
        wallet: Number.NaN,
        settings: [],
      };
      engine.process(event);
    }
    return engine.risk.latches.isQuarantined(instrument.symbol);
  };
  expect(cut(LONG, SHORT)).toBe(true);
  expect(cut(SHORT)).toBe(true);
  expect(cut()).toBe(false);
});

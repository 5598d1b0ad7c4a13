import { EXCHANGES } from "#engine/model/target.ts";
import type { PositionSlot as SlotName, VenueSnapshot } from "#engine/model/venue-snapshot.ts";
import { ActivePositions } from "#engine/reconcile/active-positions.ts";
import type { ReconcileSettings } from "#engine/reconcile/engine-reconcile.ts";
import { RECONCILER_DEFAULTS } from "#engine/reconcile/reconciler-config.ts";
import type { BacktestConfig } from "#sim/backtest-config.ts";
import type { PositionSlot } from "#sim/bind-market.ts";

/** How the account of a backtest is reconciled; null where it is not. */
export function reconcileSettings(
  config: BacktestConfig,
  slots: readonly PositionSlot[],
  cutNow: (now: number) => VenueSnapshot,
): ReconcileSettings | null {
  const { reconcileMs, settings, from, symbols } = config;
  if (!reconcileMs) return null;
  const named = symbols[0]?.instrument.exchange;
  const exchange = EXCHANGES.find((one) => one === named) ?? "bybit";
  return {
    config: {
      ...RECONCILER_DEFAULTS,
      intervalMs: reconcileMs,
      account: { userId: "backtest", exchange, env: "paper" },
    },
    mirror: new ActivePositions(),
    slots: slots.map(slotName),
    modes: { marginMode: settings.marginMode, positionMode: settings.positionMode },
    startedAt: from,
    cutNow,
  };
}

export function slotName({ side }: PositionSlot): SlotName {
  if (side === 0) return "net";
  return side > 0 ? "long" : "short";
}

import type { AgedConfig } from "#engine/aged/aged-config.ts";
import type { AgedClose, AgedRecord } from "#engine/aged/aged-record.ts";
import {
  breakEvenPrice,
  isProfitable,
  isReached,
  lossPrice,
  toleratedLossAt,
} from "#engine/aged/aged-stages.ts";

/** Brings break-even, tolerated loss and target of a record to a time. */
export function updateLevels(record: AgedRecord, now: number, config: AgedConfig): void {
  const { side, entryPrice } = record;
  record.breakEven = breakEvenPrice(side, entryPrice, config.takerFeePct);
  record.tolerancePct = toleratedLossAt(record, now, config);
  record.target =
    now > record.graceEndsAt ? lossPrice(side, entryPrice, record.tolerancePct) : record.breakEven;
}

/**
 * Which rule closes the position at this price and time, after its levels were brought there; null while it waits. A
 * profit comes before everything; beyond the emergency the price does not matter; at the cap of the tolerated loss a
 * close is a maximum loss, and what has lost more waits.
 */
export function closeAt(
  record: AgedRecord,
  price: number,
  now: number,
  config: AgedConfig,
): AgedClose | null {
  const { side, breakEven, target } = record;
  if (isProfitable(side, price, breakEven)) return "profitable_close";
  if (now > record.emergencyAt) return "emergency";
  if (target === null || !isReached(side, price, target, config.priceBufferPct)) return null;
  return closeAtTarget(record, now, config);
}

/** What a close at the target is called at this time. */
export function closeAtTarget(record: AgedRecord, now: number, config: AgedConfig): AgedClose {
  if (now <= record.graceEndsAt) return "grace_target";
  return record.tolerancePct >= config.maxLossPct ? "max_loss_reached" : "progressive_target";
}

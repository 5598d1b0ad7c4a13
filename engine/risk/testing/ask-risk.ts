import { expect } from "vitest";
import type { OrderSide } from "#engine/model/order-terms.ts";
import { STATUS } from "#engine/orders/order-status.ts";
import type { RiskRig, Wish } from "./risk-rig.ts";

/** What risk says to a new order: "sent", or the reason against it. */
export function ask(
  rig: RiskRig,
  side: OrderSide,
  lots: number,
  wish: Wish = {},
  slot = 0,
): string {
  const before = rig.orders.counts.totals().rejected;
  const { status } = rig.place(slot, side, lots, wish);
  const after = rig.orders.counts.totals().rejected;
  const [reason] = Object.keys(after).filter((name) => after[name] !== before[name]);
  expect(reason === undefined).toBe(status === STATUS.sent);
  return reason ?? "sent";
}

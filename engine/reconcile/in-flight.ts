import { assert } from "#engine/assert.ts";
import { STATUS } from "#engine/orders/order-status.ts";
import { isUnresolved, type LocalBooks, type LocalOrder } from "./local-books.ts";

/** What is on its way while a cut is read. */
export interface InFlight {
  /** The engine's time, epoch ms. */
  readonly now: number;
  /** An order that is unknown for longer than this past its fence is stuck. */
  readonly stuckGraceMs: number;
  /** Signed lots of fills that arrived no earlier than the cut began: each may be in it or not. */
  newerFills(index: number): readonly number[];
}

export const NO_FILLS: readonly number[] = [];

/** Lots that unresolved intents may still have traded: each of them any whole number from 0 to what it has left. */
export interface Reach {
  buyOpen: number;
  buyClose: number;
  sellOpen: number;
  sellClose: number;
}

/** Subsets are tried one by one up to so many fills (4,096 subsets); of more, every sum in their range counts. */
const EXACT_FILLS_MAX = 12;

/** Whether an order is unknown for so long that waiting explains nothing any more. */
export function isStuck(order: LocalOrder, inFlight: InFlight): boolean {
  return order.status === STATUS.unknown && inFlight.now > order.fenceAt + inFlight.stuckGraceMs;
}

/** The reach of the unresolved intents of an index; `stuck`: with those that are stuck, or without. */
export function reachOf(
  books: LocalBooks,
  index: number,
  inFlight: InFlight,
  stuck: "with" | "without",
): Reach {
  const reach: Reach = { buyOpen: 0, buyClose: 0, sellOpen: 0, sellClose: 0 };
  for (const order of books.working(index)) {
    if (!isUnresolved(order)) continue;
    if (stuck === "without" && isStuck(order, inFlight)) continue;
    const left = Math.max(0, Math.max(order.qtyLots, order.wantedLots) - order.filledLots);
    if (order.side > 0) reach[order.reduceOnly ? "buyClose" : "buyOpen"] += left;
    else reach[order.reduceOnly ? "sellClose" : "sellOpen"] += left;
  }
  return reach;
}

/**
 * Whether the venue's size is exactly what some outcome would make: ∃ S ⊆ fills, xᵢ ∈ [0, leftᵢ] whole:
 * there = here − Σ S + Σ xᵢ, where a reduce-only intent neither opens nor turns a position. As each xᵢ is any whole
 * number of its range, the sizes that one S leads to are an interval.
 */
export function isExplained(
  here: number,
  there: number,
  reach: Reach,
  fills: readonly number[],
): boolean {
  if (fills.length > EXACT_FILLS_MAX) {
    let bought = 0;
    let sold = 0;
    for (const lots of fills) {
      if (lots > 0) bought += lots;
      else sold += lots;
    }
    return there >= lowest(here - bought, reach) && there <= highest(here - sold, reach);
  }
  const subsets = 2 ** fills.length;
  for (let subset = 0; subset < subsets; subset++) {
    let base = here;
    for (let at = 0; at < fills.length; at++) {
      if ((subset >>> at) & 1) base -= fills[at] as number;
    }
    if (there >= lowest(base, reach) && there <= highest(base, reach)) return true;
  }
  return false;
}

function lowest(base: number, reach: Reach): number {
  assert(reach.sellOpen >= 0 && reach.sellClose >= 0, () => "What an intent has left is positive");
  return (base > 0 ? Math.max(base - reach.sellClose, 0) : base) - reach.sellOpen;
}

function highest(base: number, reach: Reach): number {
  return (base < 0 ? Math.min(base + reach.buyClose, 0) : base) + reach.buyOpen;
}

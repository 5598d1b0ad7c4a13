import { fromUnits } from "#engine/model/grid.ts";
import type { VenuePosition } from "#engine/model/venue-snapshot.ts";
import { type Account, type ActivePosition, accountTypeOf } from "./active-positions.ts";
import type { LocalBooks } from "./local-books.ts";

/** A mark price alone is written again when it has moved so far, in percent: rows are kept for people, not as a feed. */
const MARK_STEP_PCT = 0.5;

/** The row of a position of the venue, enriched with what is known here of how it came about. */
export function mirrorRow(
  account: Account,
  position: VenuePosition,
  books: LocalBooks,
  state: { readonly isUntracked: boolean; readonly isEstimated: boolean },
  before: ActivePosition | undefined,
  now: number,
): ActivePosition {
  const { index, symbol, slot, qtyLots, qty } = position;
  const isTracked = !state.isUntracked && index >= 0;
  const origin = isTracked ? books.origin(index) : null;
  const protection = isTracked ? books.protection(index) : null;
  const price = (ticks: number): number | null =>
    ticks === ticks ? fromUnits(books.instrument(index).tick, ticks) : null;
  const { userId, exchange, env } = account;
  return {
    userId,
    exchange,
    env,
    accountType: accountTypeOf(account),
    symbol,
    slot,
    side: qty > 0 ? "long" : "short",
    size: Math.abs(qty),
    lots: index >= 0 ? qtyLots : null,
    entryPrice: told(position.entryPrice),
    markPrice: told(position.markPrice),
    strategy: origin?.strategy ?? null,
    source: origin?.source ?? null,
    openedBy: origin?.openedBy ?? null,
    takeProfit: protection === null ? null : price(protection.targetTicks),
    stopLoss: protection === null ? null : price(protection.stopTicks),
    isUntracked: state.isUntracked,
    isEstimated: state.isEstimated && !state.isUntracked,
    openedAt: told(position.openedAt),
    firstSeenAt: before?.firstSeenAt ?? now,
    updatedAt: now,
  };
}

/** What changed between two rows, in a word for the record; null when nothing that is written did. */
export function rowChange(
  before: ActivePosition | undefined,
  after: ActivePosition,
): string | null {
  if (before === undefined) return "opened";
  if (before.side !== after.side) return "turned";
  if (before.size !== after.size || before.lots !== after.lots) return "resized";
  if (before.isUntracked !== after.isUntracked) return after.isUntracked ? "untracked" : "tracked";
  if (before.entryPrice !== after.entryPrice || before.openedAt !== after.openedAt) return "entry";
  if (before.isEstimated !== after.isEstimated) return "estimate";
  if (before.stopLoss !== after.stopLoss || before.takeProfit !== after.takeProfit) {
    return "protection";
  }
  const isKnown =
    before.strategy === after.strategy &&
    before.source === after.source &&
    before.openedBy === after.openedBy;
  if (!isKnown) return "origin";
  return hasMoved(before.markPrice, after.markPrice) ? "mark" : null;
}

function hasMoved(before: number | null, after: number | null): boolean {
  if (after === null) return false;
  return before === null || Math.abs(after - before) > (before * MARK_STEP_PCT) / 100;
}

function told(value: number): number | null {
  return value === value ? value : null;
}

import { fromUnits } from "#engine/model/grid.ts";
import type { VenueSnapshot } from "#engine/model/venue-snapshot.ts";
import { needsPosition } from "#engine/orders/closes.ts";
import { isTerminal } from "#engine/orders/order-status.ts";
import type { DiffTerms } from "./diff-terms.ts";
import { isUnresolved, type LocalBooks, type LocalOrder } from "./local-books.ts";
import { orderTermsDiffer } from "./order-terms-differ.ts";
import { protectionState } from "./protection-rests.ts";
import { settingsDiffer } from "./settings-differ.ts";

/**
 * Whether a cut says what the books say, everywhere: then `diff` finds nothing. It allocates nothing, because it runs in
 * every backtest. The cut has passed `checkCut`: no row comes twice, so what is there and as many as here is all.
 */
export function isSame(books: LocalBooks, cut: VenueSnapshot, terms: DiffTerms): boolean {
  const { size } = books;
  let held = 0;
  let working = 0;
  for (let index = 0; index < size; index++) {
    if (books.qtyLots(index) !== 0) held += 1;
    working += books.working(index).length;
  }
  if (cut.positions.length !== held || cut.orders.length !== working) return false;
  if (held > 0 && !arePositionsSame(books, cut)) return false;
  if (working > 0 && !areOrdersSame(books, cut)) return false;
  if (walletDiffers(books, cut, terms)) return false;
  for (let at = 0; at < cut.settings.length; at++) {
    const there = cut.settings[at];
    if (there === undefined || there.index < 0) continue;
    if (settingsDiffer(books.settings(there.index), there)) return false;
  }
  return true;
}

function arePositionsSame(books: LocalBooks, cut: VenueSnapshot): boolean {
  for (let at = 0; at < cut.positions.length; at++) {
    const there = cut.positions[at];
    if (there === undefined || there.index < 0) return false;
    const { index } = there;
    if (books.qtyLots(index) !== there.qtyLots) return false;
    if (entryDiffers(books, index, there.entryPrice)) return false;
    const wanted = books.protection(index);
    if (wanted === null) continue;
    // Orders are the same on both sides, or this is not the way taken: ours speak for the venue's.
    const stop = restingHere(books, wanted.stopRequestId);
    const target = restingHere(books, wanted.targetRequestId);
    if (protectionState(wanted, there.qtyLots, stop, target) !== "match") return false;
  }
  return true;
}

function areOrdersSame(books: LocalBooks, cut: VenueSnapshot): boolean {
  for (let at = 0; at < cut.orders.length; at++) {
    const there = cut.orders[at];
    if (there === undefined || there.requestId < 0) return false;
    const local = restingHere(books, there.requestId);
    if (local === undefined || isUnresolved(local) || orderTermsDiffer(local, there)) return false;
    if (local.filledLots !== there.filledLots) return false;
    if (local.symbol !== there.index) return false;
    if (needsPosition(local) && books.qtyLots(local.symbol) === 0) return false;
  }
  return true;
}

/** An order that has not ended here; working lists know it, so a number of an ended one does not count. */
function restingHere(books: LocalBooks, requestId: number): LocalOrder | undefined {
  if (requestId < 0) return undefined;
  const order = books.find(requestId);
  return order !== undefined && !isTerminal(order.status) ? order : undefined;
}

export function walletDiffers(books: LocalBooks, cut: VenueSnapshot, terms: DiffTerms): boolean {
  // NaN, a venue that does not tell, is never beyond.
  return Math.abs(cut.wallet - books.wallet) > terms.walletTolerance;
}

/** Rounding of one double at the edge of a tick. */
const ONE_TICK = 1 + 1e-9;

/** Whether the entry price there lies more than a tick from the one here; a venue may leave it out (NaN). */
export function entryDiffers(books: LocalBooks, index: number, there: number): boolean {
  const { tick } = books.instrument(index);
  return Math.abs(there - books.entryPrice(index)) > fromUnits(tick, 1) * ONE_TICK;
}

import type { VenueMatcher, VenueSlot } from "./venue-matcher.ts";
import type { WireRow } from "./wire.ts";
import type { VenueClock } from "./world-clocks.ts";

/** The price of now, or of so many bars ago, with the venue's time at which it was made. */
export function priceRow(
  matcher: VenueMatcher,
  clock: VenueClock,
  slot: VenueSlot,
  barsAgo: number,
): WireRow {
  const { sim, symbol } = slot;
  const row = sim.bar - barsAgo;
  if (barsAgo === 0 || row < 0) {
    return { symbol, price: matcher.priceOf(slot), time: clock.at(timeOf(slot)) };
  }
  return { symbol, price: sim.bars.open[row] ?? null, time: clock.at(sim.bars.time[row] ?? 0) };
}

function timeOf({ sim }: VenueSlot): number {
  if (sim.bar < 0) return sim.bars.time[0] as number;
  return sim.isBarOpen ? sim.openTime : sim.closeTime;
}

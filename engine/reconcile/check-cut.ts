import type { VenueSnapshot } from "#engine/model/venue-snapshot.ts";
import { orderKey, positionKey } from "./findings.ts";

/**
 * Why a cut is not whole, in words; null when it is. A page that came twice, a row without its size or a time that is
 * none make the whole cut worthless: nothing follows from any of its rows.
 */
export function checkCut(cut: VenueSnapshot, size: number): string | null {
  if (!Number.isFinite(cut.beganAt) || !Number.isFinite(cut.asOf)) return "A cut without its times";
  if (cut.positions.length === 0 && cut.orders.length === 0) return null;
  return checkPositions(cut, size) ?? checkOrders(cut, size);
}

function checkPositions(cut: VenueSnapshot, size: number): string | null {
  const seen = new Uint8Array(size);
  const foreign = new Set<string>();
  for (const { index, symbol, slot, qtyLots, qty, entryPrice } of cut.positions) {
    if (index >= size) return `Position ${symbol} at a place that is none: ${index}`;
    const lots = index < 0 ? qty : qtyLots;
    const isSize = index < 0 ? Number.isFinite(lots) : Number.isSafeInteger(lots);
    if (!isSize || lots === 0) return `Position ${symbol} without a size: ${lots}`;
    if (entryPrice === Number.POSITIVE_INFINITY || entryPrice < 0) {
      return `Position ${symbol} with an entry price that is none: ${entryPrice}`;
    }
    if (index >= 0 ? seen[index] === 1 : foreign.has(positionKey(symbol, slot))) {
      return `Position ${symbol} ${slot} comes twice`;
    }
    if (index >= 0) seen[index] = 1;
    else foreign.add(positionKey(symbol, slot));
  }
  return null;
}

function checkOrders(cut: VenueSnapshot, size: number): string | null {
  if (cut.orders.length === 0) return null;
  const seen = new Set<number | string>();
  for (const { index, requestId, venueOrderId, qtyLots } of cut.orders) {
    const name = orderKey(requestId, venueOrderId);
    if (index >= size) return `The ${name} at a place that is none: ${index}`;
    if (requestId >= 0 && !(qtyLots > 0)) return `The ${name} without a size: ${qtyLots}`;
    const id = requestId >= 0 ? requestId : venueOrderId;
    if (seen.has(id)) return `The ${name} comes twice`;
    seen.add(id);
  }
  return null;
}

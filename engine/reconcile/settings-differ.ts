import type { VenueSymbolSettings } from "#engine/model/venue-snapshot.ts";

/** Whether a symbol is set otherwise at the venue than it is configured; a leverage of 0 or NaN says nothing. */
export function settingsDiffer(
  wanted: Omit<VenueSymbolSettings, "index"> | null,
  there: VenueSymbolSettings,
): boolean {
  if (wanted === null) return false;
  if (wanted.marginMode !== there.marginMode || wanted.positionMode !== there.positionMode) {
    return true;
  }
  return wanted.leverage > 0 && there.leverage > 0 && wanted.leverage !== there.leverage;
}

const MINUTE_MS = 60_000;
/** A stamp may also come early, by less than this. */
const EARLY_MS = 5_000;

/**
 * The full minute, epoch ms, that a recorded funding time means: venues write it some milliseconds to seconds late,
 * now and then a few milliseconds early. Source: recorded histories of Bybit, Binance and Hyperliquid.
 */
export function fundingStamp(time: number): number {
  return Math.floor((time + EARLY_MS) / MINUTE_MS) * MINUTE_MS;
}

/** A place in a run as a finding names it: `2025-10-10T21:15:00Z AVAXUSDT trade 12`. */
export function place(time: number, symbol: string, tradeId?: number): string {
  const trade = tradeId === undefined || tradeId < 1 ? "" : ` trade ${tradeId}`;
  return `${isoTime(time)} ${symbol}${trade}`;
}

/** ISO-8601 UTC, without milliseconds where there are none. */
export function isoTime(time: number): string {
  return new Date(time).toISOString().replace(".000Z", "Z");
}

/** How far a run came; kept of a partial one, so that it can be done again as far. */
export interface RunEnd {
  /** Bars handled, over all symbols. */
  readonly bars: number;
  /** Bars there were. */
  readonly of: number;
  /** Time of what was handled last, ISO-8601. */
  readonly time: string;
}

/** `2024-03-05T01:20:00.000Z, bar 1500 of 4368`. */
export function endText(end: RunEnd): string {
  return `${end.time}, bar ${end.bars} of ${end.of}`;
}

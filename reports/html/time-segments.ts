/** Runs of rows whose times follow each other by one step: a gap begins a new one. */
export interface TimeSegments {
  /** First row of each segment. */
  readonly rows: Float64Array;
  /** Time of that row, epoch ms. */
  readonly times: Float64Array;
}

/** Finds the segments of ascending times; most columns of candles have one, or a few. */
export function findSegments(time: Float64Array, length: number, stepMs: number): TimeSegments {
  const rows: number[] = [];
  const times: number[] = [];
  let expected = Number.NaN;
  for (let row = 0; row < length; row++) {
    const at = time[row] as number;
    if (at !== expected) {
      rows.push(row);
      times.push(at);
    }
    expected = at + stepMs;
  }
  return { rows: Float64Array.from(rows), times: Float64Array.from(times) };
}

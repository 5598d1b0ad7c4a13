let last: Promise<unknown> = Promise.resolve();

/**
 * Runs what opens `state.duckdb` one after the other in this process. DuckDB's lock keeps other processes away, but
 * not a second handle in the same one.
 */
export function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const result = last.then(work);
  last = result.catch(() => undefined);
  return result;
}

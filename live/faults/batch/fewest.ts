/**
 * Looks for a small part of a list that still passes a test: without big pieces of it first, then without smaller and
 * smaller ones, until no single item can be left out (A. Zeller, R. Hildebrandt, Simplifying and Isolating
 * Failure-Inducing Input, 2002, without the step that keeps one piece alone). The whole list is taken to pass.
 */
export function fewest<T>(
  items: readonly T[],
  passes: (part: readonly T[]) => boolean,
): readonly T[] {
  if (items.length === 0 || passes([])) return [];
  let best = items;
  let pieces = 2;
  while (best.length > 1) {
    const size = Math.ceil(best.length / pieces);
    let found: readonly T[] | null = null;
    for (let from = 0; from < best.length; from += size) {
      const rest = [...best.slice(0, from), ...best.slice(from + size)];
      if (rest.length > 0 && passes(rest)) {
        found = rest;
        break;
      }
    }
    if (found !== null) {
      best = found;
      pieces = Math.max(2, pieces - 1);
    } else if (size === 1) {
      break;
    } else {
      pieces = Math.min(best.length, 2 * pieces);
    }
  }
  return best;
}

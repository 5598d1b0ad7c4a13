import { closest, distance } from "fastest-levenshtein";

/**
 * The candidate that was probably meant, or null. Case does not count; about a third of the letters may differ,
 * all may be swapped, and a beginning of four letters or more is taken as an abbreviation.
 */
export function suggest(word: string, candidates: readonly string[]): string | null {
  if (candidates.length === 0 || word === "") return null;
  const lower = word.toLowerCase();
  const byLower = new Map(candidates.map((candidate) => [candidate.toLowerCase(), candidate]));
  const nearest = closest(lower, [...byLower.keys()]);
  const allowed = Math.max(1, Math.floor(Math.max(lower.length, nearest.length) / 3));
  const isNear =
    distance(lower, nearest) <= allowed || sortedLetters(lower) === sortedLetters(nearest);
  if (isNear) return byLower.get(nearest) ?? null;
  if (lower.length < 4) return null;
  const started = [...byLower.keys()].filter((candidate) => candidate.startsWith(lower));
  return started.length === 1 ? (byLower.get(started[0] ?? "") ?? null) : null;
}

/** `Did you mean "x"?` as a hint, or the fallback. */
export function didYouMean<T>(
  word: string,
  candidates: readonly string[],
  otherwise: T,
): string | T {
  const found = suggest(word, candidates);
  return found === null ? otherwise : `Did you mean "${found}"?`;
}

function sortedLetters(word: string): string {
  return Array.from(word).toSorted().join("");
}

import { DrydockError } from "#engine/errors.ts";

/** What a run can be found by. */
export interface RunName {
  readonly id: string;
  readonly startedAt: number;
  readonly tags: readonly string[];
}

const CANDIDATES_SHOWN = 6;

/** Newest first; runs of one moment in order of their ids. */
export function sortRuns<T extends RunName>(runs: readonly T[]): T[] {
  return runs.toSorted((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1));
}

/**
 * The run that a word means: an id, `@last`, `@-2` (the one before the last; `@-1` is the last), a tag, or the
 * beginning of an id, in this order.
 *
 * @throws E_UNKNOWN_RUN when it means none, or several; these are listed.
 */
export function findRunByName<T extends RunName>(runs: readonly T[], word: string): T {
  const newestFirst = sortRuns(runs);
  const exact = newestFirst.find(({ id }) => id === word);
  if (exact !== undefined) return exact;
  if (word.startsWith("@")) return findByPosition(newestFirst, word);
  const tagged = newestFirst.filter(({ tags }) => tags.includes(word));
  const found = tagged.length > 0 ? tagged : newestFirst.filter(({ id }) => id.startsWith(word));
  const [first] = found;
  if (first === undefined || word === "") throw unknownRun(word, newestFirst);
  if (found.length > 1) throw ambiguousRun(word, found);
  return first;
}

function findByPosition<T extends RunName>(newestFirst: readonly T[], word: string): T {
  const back = word === "@last" ? 1 : Number(/^@-([1-9]\d{0,6})$/.exec(word)?.[1] ?? NaN);
  if (Number.isNaN(back)) throw unknownRun(word, newestFirst);
  const run = newestFirst[back - 1];
  if (run !== undefined) return run;
  const count = newestFirst.length;
  throw new DrydockError(
    "E_UNKNOWN_RUN",
    count === 0 ? "There are no runs yet" : `"${word}" goes back too far: there are ${count} runs`,
    { hint: count === 0 ? "Run drydock backtest <strategy>" : "Run drydock runs ls" },
  );
}

function unknownRun(word: string, runs: readonly RunName[]): DrydockError {
  if (runs.length === 0) {
    return new DrydockError("E_UNKNOWN_RUN", `There is no run "${word}": there are no runs yet`, {
      hint: "Run drydock backtest <strategy>",
    });
  }
  return new DrydockError("E_UNKNOWN_RUN", `There is no run "${word}"`, {
    hint: "Run drydock runs ls; an id, its beginning, a tag, @last and @-2 are understood",
  });
}

function ambiguousRun(word: string, found: readonly RunName[]): DrydockError {
  const names = found.slice(0, CANDIDATES_SHOWN).map(({ id }) => id);
  const more = found.length > names.length ? `, and ${found.length - names.length} more` : "";
  return new DrydockError(
    "E_UNKNOWN_RUN",
    `"${word}" means ${found.length} runs: ${names.join(", ")}${more}`,
    { hint: "Add characters until only one is left" },
  );
}

import { printable } from "#cli/output/printable.ts";
import type { ProblemList } from "#cli/scenario/problem-list.ts";
import type { Path } from "#cli/scenario/scenario-source.ts";
import { didYouMean } from "#cli/suggest.ts";
import { parseTimeBound } from "#cli/time-bound.ts";

export interface NumberLimits {
  readonly min?: number;
  readonly max?: number;
  readonly above?: number;
  readonly integer?: boolean;
}

/**
 * The keys of one mapping of a scenario. Each reader returns undefined for a key that is not written, and for a wrong
 * value, which it adds to the problems.
 */
export class Fields {
  readonly problems: ProblemList;
  readonly path: Path;
  readonly #values: Readonly<Record<string, unknown>>;

  private constructor(
    problems: ProblemList,
    path: Path,
    values: Readonly<Record<string, unknown>>,
  ) {
    this.problems = problems;
    this.path = path;
    this.#values = values;
  }

  /**
   * A mapping with the given keys; null when the value is none. An unknown key is a problem with a suggestion.
   * @param known null where every key is allowed
   */
  static of(
    problems: ProblemList,
    path: Path,
    value: unknown,
    known: readonly string[] | null,
  ): Fields | null {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      problems.add(path, `must be names with values, not ${shown(value)}`);
      return null;
    }
    const fields = new Fields(problems, path, value as Readonly<Record<string, unknown>>);
    if (known !== null) fields.#refuseUnknown(known);
    return fields;
  }

  get keys(): readonly string[] {
    return Object.keys(this.#values);
  }

  /** Null counts as not written. */
  has(key: string): boolean {
    return this.raw(key) !== undefined;
  }

  raw(key: string): unknown {
    const value = Object.hasOwn(this.#values, key) ? this.#values[key] : undefined;
    return value === null ? undefined : value;
  }

  /** Also null as it is written. */
  written(key: string): unknown {
    return Object.hasOwn(this.#values, key) ? this.#values[key] : undefined;
  }

  at(key: string): Path {
    return [...this.path, key];
  }

  add(key: string, what: string, hint?: string): void {
    this.problems.add(this.at(key), what, hint);
  }

  number(key: string, limits: NumberLimits = {}): number | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    const problem = numberProblem(value, limits);
    if (problem === null) return value as number;
    this.add(key, `must be ${problem}, not ${shown(value)}`);
    return undefined;
  }

  text(key: string): string | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (typeof value === "string" && value.trim() !== "") return value;
    this.add(key, `must be a text, not ${shown(value)}`);
    return undefined;
  }

  flag(key: string): boolean | undefined {
    const value = this.raw(key);
    if (value === undefined || typeof value === "boolean") return value;
    this.add(key, `must be true or false, not ${shown(value)}`);
    return undefined;
  }

  choice<Word extends string>(key: string, words: readonly Word[]): Word | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    const word = words.find((one) => one === value);
    if (word !== undefined) return word;
    const list = words.join(", ");
    const hint = typeof value === "string" ? didYouMean(value, words, undefined) : undefined;
    this.add(key, `must be one of ${list}, not ${shown(value)}`, hint);
    return undefined;
  }

  /** Epoch ms of a time such as 2024-01-01T00:00:00Z. */
  time(key: string): number | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    try {
      const bound = typeof value === "string" ? parseTimeBound(value, key) : null;
      if (bound?.kind === "at") return bound.ms;
    } catch {
      // Told below, in the words of a scenario.
    }
    this.add(key, `must be a time such as 2024-01-01T00:00:00Z, not ${shown(value)}`);
    return undefined;
  }

  list(key: string): readonly unknown[] | undefined {
    const value = this.raw(key);
    if (value === undefined || Array.isArray(value)) return value;
    this.add(key, `must be a list, not ${shown(value)}`);
    return undefined;
  }

  /** A mapping below this one; null when it is not written or none. */
  child(key: string, known: readonly string[] | null): Fields | null {
    const value = this.raw(key);
    return value === undefined ? null : Fields.of(this.problems, this.at(key), value, known);
  }

  #refuseUnknown(known: readonly string[]): void {
    for (const key of this.keys) {
      if (known.includes(key)) continue;
      const place = this.at(key);
      const hint = didYouMean(key, known, `Known here: ${known.join(", ")}`);
      this.problems.add(place, "is an unknown key", hint);
    }
  }
}

/** What a number should have been; null when it is right. */
export function numberProblem(value: unknown, limits: NumberLimits): string | null {
  const { min, max, above, integer } = limits;
  const isNumber = typeof value === "number" && Number.isFinite(value);
  const isFitting =
    isNumber &&
    (integer !== true || Number.isInteger(value)) &&
    (min === undefined || value >= min) &&
    (max === undefined || value <= max) &&
    (above === undefined || value > above);
  if (isFitting) return null;
  const kind = integer === true ? "a whole number" : "a number";
  const bounds = [
    above === undefined ? "" : `above ${above}`,
    min === undefined ? "" : `of at least ${min}`,
    max === undefined ? "" : `of at most ${max}`,
  ].filter((bound) => bound !== "");
  return [kind, bounds.join(" and ")].join(" ").trim();
}

/** A value as a message shows it. */
export function shown(value: unknown): string {
  const text = printable(asText(value));
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** JSON as far as it goes: an alias may hold itself, and not every number has a form there. */
function asText(value: unknown): string {
  if (typeof value === "number") return String(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return "a value that contains itself";
  }
}

import type { Path, ScenarioText } from "#cli/scenario/scenario-source.ts";
import { DrydockError } from "#engine/errors.ts";

/** As many problems of a file are told at once. */
const SHOWN_MAX = 8;

interface Problem {
  readonly where: string;
  readonly message: string;
  readonly hint: string | undefined;
}

/** Collects what is wrong with a scenario, each with file, line and key, so that all of it is told at once. */
export class ProblemList {
  readonly #whereIs: ScenarioText["whereIs"];
  readonly #problems: Problem[] = [];

  constructor(text: Pick<ScenarioText, "whereIs">) {
    this.#whereIs = text.whereIs;
  }

  get isEmpty(): boolean {
    return this.#problems.length === 0;
  }

  /** A problem with the value of a key: `"steps[1].qty" is off the lot of 0.001`. */
  add(path: Path, what: string, hint?: string): void {
    const key = keyText(path);
    const message = key === "" ? what : `"${key}" ${what}`;
    this.#problems.push({ where: this.#whereIs(path), message, hint });
  }

  /** @throws E_SCENARIO with the problems, one per line */
  throwIfAny(): void {
    const [first] = this.#problems;
    if (first === undefined) return;
    const shown = this.#problems.slice(0, SHOWN_MAX);
    const rest = this.#problems.length - shown.length;
    const lines = shown.map(({ where, message }) => `${where}: ${message}`);
    if (rest > 0) lines.push(`and ${rest} more`);
    throw new DrydockError("E_SCENARIO", lines.join("\n"), {
      hint: first.hint ?? "docs/scenarios.md lists every key and what it takes",
    });
  }
}

/** `steps[1].qty`. */
export function keyText(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    return text === "" ? part : `${text}.${part}`;
  }, "");
}

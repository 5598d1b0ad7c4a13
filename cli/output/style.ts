import { styleText } from "node:util";

/** Meanings, not colours: what they look like is decided here once. */
export type Emphasis = "error" | "warning" | "good" | "bad" | "faint" | "strong";

/** Marks a text; without colour it returns the text as it is. */
export type Style = (emphasis: Emphasis, text: string) => string;

const FORMATS = {
  error: ["red", "bold"],
  warning: ["yellow"],
  good: ["green"],
  bad: ["red"],
  faint: ["dim"],
  strong: ["bold"],
} as const;

export interface ColorQuestion {
  readonly isTerminal: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `--color` and `--no-color`; they beat the environment. */
  readonly flag: "always" | "never" | undefined;
}

/**
 * Decides whether a stream gets colour: flag, then NO_COLOR (any value but the empty one), then FORCE_COLOR (`0`
 * and `false` forbid), then a terminal that is not `TERM=dumb`.
 */
export function wantsColor(question: ColorQuestion): boolean {
  if (question.flag !== undefined) return question.flag === "always";
  const { NO_COLOR, FORCE_COLOR, TERM } = question.env;
  if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  return question.isTerminal && TERM !== "dumb";
}

export function createStyle(hasColor: boolean): Style {
  if (!hasColor) return (_emphasis, text) => text;
  // The decision about the stream is made above, so styleText shall not make it again.
  return (emphasis, text) => styleText([...FORMATS[emphasis]], text, { validateStream: false });
}

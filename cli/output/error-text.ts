import { printable, printableLines } from "#cli/output/printable.ts";
import type { Style } from "#cli/output/style.ts";
import type { DrydockError } from "#engine/errors.ts";

/**
 * The form in which an error reaches a person: the message first, then what drydock was doing, what to do about
 * it, and another way out. A `while` of several lines (a source excerpt) is indented below its label.
 */
export function errorText(error: DrydockError, style: Style): string {
  const [first = "", ...more] = error.message.split("\n");
  const lines = [`${style("error", "error")} ${style("strong", error.code)}  ${printable(first)}`];
  for (const line of more) lines.push(`         ${printable(line)}`);
  const labelled = [
    ["while", error.while],
    ["fix", error.hint],
    ["or", error.or],
  ] as const;
  for (const [label, text] of labelled) {
    if (text === undefined) continue;
    const indented = printableLines(text).replaceAll("\n", "\n         ");
    lines.push(`  ${style("faint", label.padEnd(5))}  ${indented}`);
  }
  return lines.join("\n");
}

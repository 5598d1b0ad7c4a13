import { placeInStack } from "#cli/user-module-failure.ts";
import type { Place } from "#sim/audit/audit-terms.ts";

/** Frames between a trap and the line of the user: calls of the language and of packages in between. */
const FRAMES_MAX = 60;

/** The innermost line of these files (by URL) on the way to the caller; null where none is. */
export function userLine(files: readonly string[]): Place | null {
  if (files.length === 0) return null;
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES_MAX;
  const { stack } = new Error("trace");
  Error.stackTraceLimit = before;
  const place = placeInStack(stack ?? "", files);
  return place === null ? null : { file: place.path, line: place.line };
}

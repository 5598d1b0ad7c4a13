import { basename } from "node:path";

import { sourceExcerpt } from "#cli/output/source-excerpt.ts";
import { loadedStrategyFiles } from "#cli/user-module.ts";
import { placeInStack } from "#cli/user-module-failure.ts";
import { AssertionFailed } from "#engine/assert.ts";
import { DrydockError } from "#engine/errors.ts";

/** Where in a user's file something happened, for a message and with the lines around it. */
export interface UserPlace {
  /** `file.ts:12:5`. */
  readonly text: string;
  readonly excerpt: string;
}

/** The innermost frame of an error that lies in code of a user; null where none does. */
export function userPlace(error: unknown): UserPlace | null {
  if (!(error instanceof Error)) return null;
  const place = placeInStack(error.stack ?? "", loadedStrategyFiles());
  if (place === null) return null;
  const { path, line, column } = place;
  return { text: `${basename(path)}:${line}:${column}`, excerpt: sourceExcerpt(path, line) };
}

/**
 * The error of a user's code apart from onBar: a timer, a rejected promise, an indicator of its own. Null when the
 * failure is drydock's own.
 */
export function strayUserFault(error: unknown): DrydockError | null {
  if (loadedStrategyFiles().length === 0 || error instanceof AssertionFailed) return null;
  const place = userPlace(error);
  // drydock throws errors only, so anything else is the user's as well.
  if (place === null && error instanceof Error) return null;
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const at = place === null ? "" : ` at ${place.text}`;
  return new DrydockError(
    "E_STRATEGY_THREW",
    `Strategy code failed apart from any bar: ${what}${at}`,
    {
      while: place === null ? undefined : `running code that is not onBar\n${place.excerpt}`,
      hint: "Decide in onBar, at once: no timers, no promises",
      cause: error,
    },
  );
}

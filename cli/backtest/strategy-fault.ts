import type { PreparedRun } from "#cli/backtest/prepare-run.ts";
import { userPlace } from "#cli/user-fault.ts";
import type { StrategyFailure } from "#engine/engine.ts";
import { DrydockError } from "#engine/errors.ts";

/** The error of a strategy, with the user's own line, the bar's time and what it was run with. */
export function strategyFault(failure: StrategyFailure, prepared: PreparedRun): DrydockError {
  const { error, time } = failure;
  const place = userPlace(error);
  const symbols = prepared.config.symbols.join(", ");
  const excerpt = place === null ? "" : `\n${place.excerpt}`;
  const known = error instanceof DrydockError ? error : null;
  return new DrydockError(
    "E_STRATEGY_THREW",
    `${messageOf(error, prepared.loaded.strategy.name)}${place === null ? "" : ` at ${place.text}`}`,
    {
      while: `deciding at the close of ${new Date(time).toISOString()} on ${symbols}${excerpt}`,
      hint: known?.hint ?? "Mend the strategy; --verbose shows the whole stack",
      cause: error,
    },
  );
}

function messageOf(error: unknown, strategy: string): string {
  if (error instanceof DrydockError) {
    const isNamed = error.message.startsWith("Strategy ");
    return isNamed ? error.message : `Strategy "${strategy}" failed: ${error.message}`;
  }
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `Strategy "${strategy}" threw ${what}`;
}

const OF_STRATEGY: readonly string[] = [
  "E_STRATEGY_FILE",
  "E_STRATEGY_THREW",
  "E_UNKNOWN_INDICATOR",
];

/** Adds to a fault of a strategy that showed before the first bar the file it stands in, and the line if it is known. */
export function withUserPlace(error: unknown, strategy: string): unknown {
  if (!(error instanceof DrydockError) || error.while !== undefined) return error;
  if (!OF_STRATEGY.includes(error.code)) return error;
  const place = userPlace(error.cause) ?? userPlace(error);
  const where = place === null ? "" : ` at ${place.text}\n${place.excerpt}`;
  return new DrydockError(error.code, error.message, {
    while: `preparing ${strategy}${where}`,
    hint: error.hint,
    or: error.or,
    cause: error.cause ?? error,
  });
}

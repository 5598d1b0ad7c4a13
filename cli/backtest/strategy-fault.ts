import type { PreparedRun } from "#cli/backtest/prepare-run.ts";
import { sourceExcerpt } from "#cli/output/source-excerpt.ts";
import type { StrategyFailure } from "#engine/engine.ts";
import { DrydockError } from "#engine/errors.ts";

interface Place {
  readonly text: string;
  readonly line: number;
}

/** The error of a strategy, with the user's own line, the bar's time and what it was run with. */
export function strategyFault(failure: StrategyFailure, prepared: PreparedRun): DrydockError {
  const { error, time } = failure;
  const { strategy, file } = prepared.loaded;
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const place = placeIn(error, file);
  return new DrydockError(
    "E_STRATEGY_THREW",
    `Strategy "${strategy.name}" threw ${message}${place === null ? "" : ` at ${place.text}`}`,
    {
      while: `deciding at the close of ${new Date(time).toISOString()} on ${prepared.config.symbols.join(", ")}${excerptOf(file, place)}`,
      hint: "Mend the strategy; --verbose shows the whole stack",
      cause: error,
    },
  );
}

function excerptOf(file: string | null, place: Place | null): string {
  return file === null || place === null ? "" : `\n${sourceExcerpt(file, place.line)}`;
}

/** `file:line:column` of the first frame inside the strategy's file; null where the stack does not name it. */
function placeIn(error: unknown, file: string | null): Place | null {
  if (!(error instanceof Error) || error.stack === undefined || file === null) return null;
  const name = file.slice(file.lastIndexOf("/") + 1);
  for (const line of error.stack.split("\n")) {
    const at = line.indexOf(name);
    if (at < 0) continue;
    const match = /(\d+):(\d+)\)?$/.exec(line);
    if (match !== null) {
      return { text: `${name}:${match[1]}:${match[2]}`, line: Number(match[1]) };
    }
  }
  return null;
}

import { type Fields, numberProblem, shown } from "#cli/scenario/fields.ts";
import type { Path } from "#cli/scenario/scenario-source.ts";
import { type Grid, isOnGrid } from "#engine/model/grid.ts";
import type { ScenarioCandle } from "#sim/scenario/scenario.ts";

export interface CandleTerms {
  /** Prices lie on it; null: any price (mark and index). */
  readonly tick: Grid | null;
  readonly hasVolume: boolean;
}

/** Candles written `[open, high, low, close, volume?]`; `gap` and null are bars without one. */
export function readCandles(
  fields: Fields,
  key: string,
  terms: CandleTerms,
): readonly (ScenarioCandle | null)[] | undefined {
  return fields
    .list(key)
    ?.map((row, at) => readCandle(fields, [...fields.at(key), at], row, terms));
}

function readCandle(
  { problems }: Fields,
  path: Path,
  row: unknown,
  terms: CandleTerms,
): ScenarioCandle | null {
  if (row === null || row === "gap") return null;
  const most = terms.hasVolume ? 5 : 4;
  if (!Array.isArray(row) || row.length < 4 || row.length > most) {
    const form = terms.hasVolume ? "[open, high, low, close, volume?]" : "[open, high, low, close]";
    problems.add(path, `must be a candle ${form} or gap, not ${shown(row)}`);
    return null;
  }
  const wrong = row.findIndex((value, at) => {
    return numberProblem(value, at === 4 ? { min: 0 } : { above: 0 }) !== null;
  });
  if (wrong >= 0) {
    const limits = wrong === 4 ? { min: 0 } : { above: 0 };
    const name = ["open", "high", "low", "close", "volume"][wrong];
    const value: unknown = row[wrong];
    const wanted = numberProblem(value, limits) ?? "";
    problems.add(path, `has the ${name} ${shown(value)}: it must be ${wanted}`);
    return null;
  }
  const [open, high, low, close, volume = Number.NaN] = row as [number, number, number, number];
  const candle = { open, high, low, close, volume };
  const problem = rangeProblem(candle) ?? tickProblem(candle, terms.tick);
  if (problem !== null) problems.add(path, problem, "[open, high, low, close, volume?]");
  return candle;
}

function rangeProblem({ open, high, low, close }: ScenarioCandle): string | null {
  if (high < low) return `has a high of ${high} below its low of ${low}`;
  for (const [name, price] of [
    ["open", open],
    ["close", close],
  ] as const) {
    if (price > high) return `has its ${name} ${price} above its high ${high}`;
    if (price < low) return `has its ${name} ${price} below its low ${low}`;
  }
  return null;
}

function tickProblem(candle: ScenarioCandle, tick: Grid | null): string | null {
  if (tick === null) return null;
  for (const name of ["open", "high", "low", "close"] as const) {
    if (!isOnGrid(tick, candle[name])) {
      return `has its ${name} ${candle[name]} off the tick of ${tick.step}`;
    }
  }
  return null;
}

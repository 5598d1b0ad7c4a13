import { Fields } from "#cli/scenario/fields.ts";
import { type CandleTerms, readCandles } from "#cli/scenario/read-candles.ts";
import { type ReadInstrument, readInstrument } from "#cli/scenario/read-instrument.ts";
import { formatInterval, MONTH_MS, parseInterval } from "#engine/market/interval.ts";
import type {
  ScenarioCandle,
  ScenarioDetail,
  ScenarioFunding,
  ScenarioSymbol,
} from "#sim/scenario/scenario.ts";

/** Keys of a market: of the scenario itself and of each further symbol. */
export const MARKET_KEYS = ["instrument", "candles", "mark", "index", "detail", "funding"] as const;

export interface ReadMarket extends Pick<ReadInstrument, "maintenanceOn"> {
  readonly symbol: ScenarioSymbol;
}

type Candles = readonly (ScenarioCandle | null)[];

/** One symbol: its contract, candles, mark and index prices, finer candles and funding. */
export function readMarket(fields: Fields, name: string, intervalMs: number): ReadMarket {
  const { instrument, maintenanceOn } = readInstrument(fields, name);
  const candles = readOwnCandles(fields, { tick: instrument.tick, hasVolume: true });
  return {
    maintenanceOn,
    symbol: {
      instrument,
      candles,
      mark: readBeside(fields, "mark", candles),
      index: readBeside(fields, "index", candles),
      detail: readDetail(fields, candles, intervalMs, { tick: instrument.tick, hasVolume: true }),
      funding: readFunding(fields, candles),
    },
  };
}

/** The interval of a scenario in ms. */
export function readInterval(fields: Fields, key: string): number | undefined {
  const word = fields.text(key);
  if (word === undefined) return undefined;
  try {
    const ms = parseInterval(word);
    if (ms !== MONTH_MS) return ms;
  } catch {
    // Told below, in the words of a scenario.
  }
  fields.add(key, `must be an interval such as 15m, 1h or 1d, not "${word}"`);
  return undefined;
}

function readOwnCandles(fields: Fields, terms: CandleTerms): Candles {
  const candles = readCandles(fields, "candles", terms);
  if (candles === undefined) {
    if (!fields.has("candles")) fields.add("candles", "is missing");
    return [];
  }
  if (candles.length === 0) fields.add("candles", "must have a candle");
  else if (isGap(fields.list("candles")?.[0])) {
    fields.problems.add(
      [...fields.at("candles"), 0],
      "must be a candle: nothing comes before a gap",
    );
  }
  return candles;
}

/** Mark or index candles: one per bar. */
function readBeside(fields: Fields, key: "mark" | "index", candles: Candles): Candles | null {
  const prices = readCandles(fields, key, { tick: null, hasVolume: false });
  if (prices === undefined) return null;
  if (prices.length !== candles.length) {
    const count = `${prices.length} candles, but there are ${candles.length} bars`;
    fields.add(key, `has ${count}`, "Write one per bar, null at a gap");
  }
  return prices;
}

function readDetail(
  fields: Fields,
  candles: Candles,
  intervalMs: number,
  terms: CandleTerms,
): ScenarioDetail | null {
  const own = fields.child("detail", ["interval", "candles"]);
  if (own === null) return null;
  for (const key of ["interval", "candles"]) if (!own.has(key)) own.add(key, "is missing");
  const detailMs = readInterval(own, "interval");
  const finer = readCandles(own, "candles", terms);
  if (detailMs === undefined || finer === undefined) return null;
  const whole = formatInterval(intervalMs);
  if (detailMs >= intervalMs || intervalMs % detailMs !== 0) {
    own.add("interval", `must divide the interval of ${whole}, not ${formatInterval(detailMs)}`);
    return null;
  }
  const most = candles.length * (intervalMs / detailMs);
  if (finer.length > most) {
    own.add("candles", `has ${finer.length} candles, but ${candles.length} bars hold ${most}`);
  }
  return { intervalMs: detailMs, candles: finer };
}

function readFunding(fields: Fields, candles: Candles): readonly ScenarioFunding[] {
  return (fields.list("funding") ?? []).flatMap((row, at) => {
    const path = [...fields.at("funding"), at];
    const one = Fields.of(fields.problems, path, row, ["bar", "rate", "price"]);
    if (one === null) return [];
    for (const key of ["bar", "rate"]) if (!one.has(key)) one.add(key, "is missing");
    const bar = one.number("bar", { min: 0, integer: true });
    if (bar !== undefined && bar >= candles.length) {
      one.add("bar", `is ${bar}, but the last bar is ${candles.length - 1}`);
    }
    const rate = one.number("rate", { min: -1, max: 1 });
    const price = one.number("price", { above: 0 }) ?? null;
    return bar === undefined || rate === undefined ? [] : [{ bar, rate, price }];
  });
}

function isGap(row: unknown): boolean {
  return row === "gap" || row === null;
}

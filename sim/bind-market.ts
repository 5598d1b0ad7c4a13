import { assert } from "#engine/assert.ts";
import { DrydockError } from "#engine/errors.ts";
import type { BarColumns, FundingColumns } from "#engine/market/bars.ts";
import { MONTH_MS } from "#engine/market/interval.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import { EngineSeries } from "#engine/strategy/series-view.ts";
import type { SymbolBinding } from "#engine/strategy/strategy-runner.ts";
import { SimSymbol } from "#sim/sim-symbol.ts";
import type { VenueSettings } from "#sim/venue-settings.ts";

/** One symbol of a run and everything that is known of its market. */
export interface BacktestSymbol {
  readonly instrument: Instrument;
  /** The finest candles: what the exchange matches on and the run's clock. */
  readonly bars: BarColumns;
  /** The strategy's own interval; the same object as `bars` unless finer candles were loaded. */
  readonly strategyBars: BarColumns;
  /** Further intervals that the strategy reads, by word. */
  readonly higher: ReadonlyMap<string, BarColumns>;
  readonly marks: BarColumns | null;
  /** Index price candles; without them the last price stands in. */
  readonly index?: BarColumns | null | undefined;
  readonly funding: FundingColumns | null;
}

/**
 * One position of an account: a symbol in one-way mode, one side of a symbol in hedge mode. Everything inside that is
 * kept per symbol is kept per slot; the two of a symbol share its candles and the volume of its bars.
 */
export interface PositionSlot {
  readonly market: BacktestSymbol;
  /** 1 the long side, −1 the short side of a symbol, 0 both in one. */
  readonly side: 1 | -1 | 0;
}

/** The slots of all symbols in the order that decides ties: by name, the long side first. */
export function positionSlots(
  symbols: readonly BacktestSymbol[],
  mode: VenueSettings["positionMode"],
): readonly PositionSlot[] {
  const sides = mode === "hedge" ? ([1, -1] as const) : ([0] as const);
  return sortedByName(symbols).flatMap((market) => sides.map((side) => ({ market, side })));
}

/** The series of one symbol inside the engine. */
export interface BoundSeries {
  readonly clock: EngineSeries;
  /** The strategy's own interval; the clock itself unless finer candles were loaded. */
  readonly own: EngineSeries;
  readonly higher: ReadonlyMap<string, EngineSeries>;
}

/**
 * Makes the engine's series of one symbol and adds them to `series`, each table of bars once.
 * @throws E_DATA_INTERVAL for monthly bars
 */
export function bindMarket(
  { market: one, side }: PositionSlot,
  symbol: number,
  series: EngineSeries[],
): BoundSeries {
  assert(one.bars.length > 0, () => `There are bars of "${one.instrument.symbol}"`);
  for (const bars of [one.bars, one.strategyBars, ...one.higher.values()]) refuseMonths(bars);
  const clock = new EngineSeries(symbol, one.bars);
  series.push(clock);
  // A strategy reads the long side's series; the short one only needs to know when its bars close.
  if (side < 0) return { clock, own: clock, higher: new Map() };
  const own = one.strategyBars === one.bars ? clock : new EngineSeries(symbol, one.strategyBars);
  if (own !== clock) series.push(own);
  const higher = new Map<string, EngineSeries>();
  for (const [word, bars] of one.higher) {
    const known = bars === one.strategyBars ? own : new EngineSeries(symbol, bars);
    if (known !== own) series.push(known);
    higher.set(word, known);
  }
  return { clock, own, higher };
}

/** A symbol as its strategy sees it. */
export function strategySymbol(
  market: BacktestSymbol,
  slots: readonly PositionSlot[],
  bindings: readonly BoundSeries[],
): SymbolBinding {
  const at = slots.findIndex((slot) => slot.market === market);
  const { own, higher } = bindings[at] as BoundSeries;
  return {
    symbol: at,
    shortSymbol: slots[at]?.side === 0 ? null : at + 1,
    name: market.instrument.symbol,
    series: own,
    higher,
  };
}

/** A symbol at the simulated venue, as its run begins. */
export function simSymbol(
  one: BacktestSymbol,
  index: number,
  settings: VenueSettings,
  leverage: number,
): SimSymbol {
  const { instrument, bars, marks } = one;
  const { maintenanceOn } = settings;
  const symbol = new SimSymbol(index, instrument, bars, marks, one.index ?? null, maintenanceOn);
  symbol.setLeverage(leverage);
  return symbol;
}

/** In code-unit order of their names: a symbol's place decides every tie. */
function sortedByName(symbols: readonly BacktestSymbol[]): readonly BacktestSymbol[] {
  return [...symbols].sort((a, b) => {
    const [one, other] = [a.instrument.symbol, b.instrument.symbol];
    return one < other ? -1 : one > other ? 1 : 0;
  });
}

/** Months have no fixed length: a bar of 31 days would be seen a day before it closes. */
function refuseMonths(bars: BarColumns): void {
  if (bars.intervalMs !== MONTH_MS) return;
  throw new DrydockError("E_DATA_INTERVAL", "Monthly bars can be imported and shown, not traded", {
    hint: "Use bars of a week or shorter",
  });
}

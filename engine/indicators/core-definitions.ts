import { adl } from "./adl.ts";
import { adx } from "./adx.ts";
import { atr } from "./atr.ts";
import { bollinger } from "./bollinger.ts";
import { cci } from "./cci.ts";
import { crossOver, crossUnder } from "./cross.ts";
import type { ArgumentDefinition, ArgumentValue, IndicatorDefinition } from "./definition.ts";
import { donchian } from "./donchian.ts";
import { forceIndex } from "./force-index.ts";
import { ichimoku } from "./ichimoku.ts";
import { keltner } from "./keltner.ts";
import type { IndicatorSpec, Source } from "./kernel.ts";
import { macd } from "./macd.ts";
import { mfi } from "./mfi.ts";
import { ema, sma, wilder, wma } from "./moving-averages.ts";
import { obv } from "./obv.ts";
import { roc } from "./roc.ts";
import { rsi } from "./rsi.ts";
import { stochastic } from "./stochastic.ts";
import { stochasticRsi } from "./stochastic-rsi.ts";
import { superTrend } from "./super-trend.ts";
import { vwap } from "./vwap.ts";
import { highest, lowest, percentile, std } from "./window.ts";

const SOURCE: ArgumentDefinition = { name: "source", kind: "source", default: "close" };

const period = (value: number, name = "period"): ArgumentDefinition => ({
  name,
  kind: "period",
  default: value,
});

const multiplier = (value: number): ArgumentDefinition => ({
  name: "multiplier",
  kind: "factor",
  default: value,
});

/** The parser has checked each value against its place; these say so to the compiler. */
const number = (args: readonly ArgumentValue[], place: number): number => args[place] as number;
const source = (args: readonly ArgumentValue[]): Source => args.at(-1) as Source;
const inner = (args: readonly ArgumentValue[], place: number): IndicatorSpec =>
  args[place] as IndicatorSpec;

const single = (
  name: string,
  doc: string,
  first: ArgumentDefinition,
  create: (period: number, source: Source) => IndicatorSpec,
): IndicatorDefinition => ({
  name,
  arguments: [first, SOURCE],
  outputs: [""],
  doc,
  create: (args) => create(number(args, 0), source(args)),
});

const ofBars = (
  name: string,
  doc: string,
  first: ArgumentDefinition,
  outputs: readonly string[],
  create: (period: number) => IndicatorSpec,
): IndicatorDefinition => ({
  name,
  arguments: [first],
  outputs,
  doc,
  create: (args) => create(number(args, 0)),
});

const crossing = (
  name: string,
  doc: string,
  create: (a: IndicatorSpec, b: IndicatorSpec) => IndicatorSpec,
): IndicatorDefinition => ({
  name,
  arguments: [
    { name: "a", kind: "indicator" },
    { name: "b", kind: "indicator" },
  ],
  outputs: [""],
  doc,
  create: (args) => create(inner(args, 0), inner(args, 1)),
});

/** Every indicator that drydock computes itself, in the order in which they are listed. */
export const CORE_DEFINITIONS: readonly IndicatorDefinition[] = [
  single("sma", "Simple moving average", period(20), sma),
  single("ema", "Exponential moving average, from the mean of the first values", period(20), ema),
  single("wma", "Linearly weighted moving average", period(20), wma),
  single("wilder", "Wilder's moving average (RMA), alpha = 1 / period", period(14), wilder),
  single("rsi", "Relative strength index, 0 to 100", period(14), rsi),
  {
    name: "macd",
    arguments: [period(12, "fast"), period(26, "slow"), period(9, "signal"), SOURCE],
    outputs: ["macd", "signal", "histogram"],
    doc: "Moving average convergence divergence",
    create: (args) => macd(number(args, 0), number(args, 1), number(args, 2), source(args)),
  },
  {
    name: "bollinger",
    arguments: [period(20), multiplier(2), SOURCE],
    outputs: ["middle", "upper", "lower", "percentB", "bandwidth"],
    doc: "Bollinger bands, population standard deviation",
    create: (args) => bollinger(number(args, 0), number(args, 1), source(args)),
  },
  ofBars("atr", "Average true range, Wilder's average", period(14), [""], atr),
  ofBars(
    "adx",
    "Average directional index and directional indicators, 0 to 100",
    period(14),
    ["adx", "plusDi", "minusDi"],
    adx,
  ),
  {
    name: "stochastic",
    arguments: [period(14, "k"), period(3, "d"), period(3, "smooth")],
    outputs: ["k", "d"],
    doc: "Stochastic oscillator, 0 to 100",
    create: (args) => stochastic(number(args, 0), number(args, 1), number(args, 2)),
  },
  {
    name: "stochasticRsi",
    arguments: [period(14, "rsiPeriod"), period(14), period(3, "k"), period(3, "d"), SOURCE],
    outputs: ["k", "d"],
    doc: "Stochastic oscillator of RSI, 0 to 100",
    create: (args) =>
      stochasticRsi(
        number(args, 0),
        number(args, 1),
        number(args, 2),
        number(args, 3),
        source(args),
      ),
  },
  ofBars(
    "donchian",
    "Highest high and lowest low, the current bar included",
    period(20),
    ["upper", "middle", "lower"],
    donchian,
  ),
  {
    name: "keltner",
    arguments: [period(20), period(10, "atrPeriod"), multiplier(2), SOURCE],
    outputs: ["middle", "upper", "lower"],
    doc: "Keltner channel: an EMA and average true ranges around it",
    create: (args) => keltner(number(args, 0), number(args, 1), number(args, 2), source(args)),
  },
  {
    name: "superTrend",
    arguments: [period(10), multiplier(3)],
    outputs: ["value", "direction"],
    doc: "SuperTrend line; direction 1 is up, -1 is down",
    create: (args) => superTrend(number(args, 0), number(args, 1)),
  },
  {
    name: "obv",
    arguments: [],
    outputs: [""],
    doc: "On-balance volume, 0 at the first bar",
    create: () => obv(),
  },
  {
    name: "vwap",
    arguments: [{ name: "period", kind: "period", default: null }],
    outputs: [""],
    doc: "Volume-weighted average price since 00:00 UTC, or over a period of bars",
    create: (args) => vwap((args[0] as number | null) ?? undefined),
  },
  {
    name: "adl",
    arguments: [],
    outputs: [""],
    doc: "Accumulation/distribution line, from the first bar on",
    create: () => adl(),
  },
  ofBars("mfi", "Money flow index, 0 to 100", period(14), [""], mfi),
  ofBars("forceIndex", "Force index: EMA of change times volume", period(13), [""], forceIndex),
  ofBars("cci", "Commodity channel index", period(20), [""], cci),
  single("roc", "Rate of change, percent", period(10), roc),
  {
    name: "ichimoku",
    arguments: [
      period(9, "conversionPeriod"),
      period(26, "basePeriod"),
      period(52, "spanPeriod"),
      period(26, "displacement"),
    ],
    outputs: ["conversion", "base", "spanA", "spanB", "lagging"],
    doc: "Ichimoku lines as a chart shows them at this bar, without look-ahead",
    create: (args) => ichimoku(number(args, 0), number(args, 1), number(args, 2), number(args, 3)),
  },
  single("highest", "Highest value, the current bar included", period(20), highest),
  single("lowest", "Lowest value, the current bar included", period(20), lowest),
  single("std", "Population standard deviation", period(20), std),
  {
    name: "percentile",
    arguments: [period(20), { name: "percent", kind: "percent", default: 50 }, SOURCE],
    outputs: [""],
    doc: "Percentile of the last values, interpolated between ranks; 50 is the median",
    create: (args) => percentile(number(args, 0), number(args, 1), source(args)),
  },
  crossing(
    "crossOver",
    "1 where a rises through b, else 0; of indicators, sources or numbers",
    crossOver,
  ),
  crossing(
    "crossUnder",
    "1 where a falls through b, else 0; of indicators, sources or numbers",
    crossUnder,
  ),
];

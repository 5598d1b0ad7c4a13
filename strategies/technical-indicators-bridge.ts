import {
  AwesomeOscillator,
  ChandelierExit,
  HeikinAshi,
  KST,
  PSAR,
  TRIX,
  WilliamsR,
} from "technicalindicators";
import { assert } from "#engine/assert.ts";
import { type CheckedArgument, checkedKey } from "#engine/indicators/arguments.ts";
import type { ArgumentDefinition, IndicatorDefinition } from "#engine/indicators/definition.ts";
import type { IndicatorSpec, Kernel } from "#engine/indicators/kernel.ts";
import type { BarColumns } from "#engine/market/bars.ts";
import { CANDLESTICK_PATTERNS } from "./candlestick-patterns.ts";

/**
 * Indicators of the npm package `technicalindicators` as kernels. They run on its streaming generators, so the batch
 * form is the stream here too. A bar with an unknown price gives NaN and starts the generator over.
 *
 * Only those whose numbers agree with their definition are let through. Left out are, with the package at 3.1.0:
 * RSI, Stochastic RSI, MFI and ADL, which it rounds; the force index, whose EMA cannot start from 0; patterns that
 * compare arrays as text (hammer, hanging man, shooting star, tweezers) or whose rule is another (hammer sticks,
 * spinning tops). Those of them that have one definition are among the engine's own. Its moving sums leave a trace
 * of a huge value in the last digits.
 */

/** Feeds one bar, whose prices are known, and writes the outputs. */
type Stream = (bars: BarColumns, index: number, out: Float64Array) => void;

class BridgedKernel implements Kernel {
  readonly out: Float64Array;
  readonly #start: () => Stream;
  #stream: Stream;

  constructor(outputs: number, start: () => Stream) {
    this.out = new Float64Array(outputs).fill(Number.NaN);
    this.#start = start;
    this.#stream = start();
  }

  next(bars: BarColumns, index: number): void {
    const sum =
      (bars.open[index] as number) +
      (bars.high[index] as number) +
      (bars.low[index] as number) +
      (bars.close[index] as number);
    if (sum - sum === 0) {
      this.#stream(bars, index, this.out);
      return;
    }
    this.#stream = this.#start();
    this.out.fill(Number.NaN);
  }
}

interface BridgedTerms<Output extends string> {
  readonly name: string;
  readonly args: readonly CheckedArgument[];
  readonly outputs: readonly Output[];
  readonly warmup: number;
  readonly start: () => Stream;
}

function bridge<Output extends string>(terms: BridgedTerms<Output>): IndicatorSpec<Output> {
  return {
    key: checkedKey(terms.name, terms.args),
    name: terms.name,
    outputs: terms.outputs,
    warmup: terms.warmup,
    create: () => new BridgedKernel(terms.outputs.length, terms.start),
  };
}

/** The package gives `undefined` while warming up. */
const toValue = (value: number | undefined): number =>
  value === undefined || value - value !== 0 ? Number.NaN : value;

const at = (column: Float64Array, index: number): number => column[index] as number;

/** Its constructors want a series to begin with. */
const NO_BARS = { open: [], high: [], low: [], close: [] };

/** Williams %R, −100 to 0: where the close stands below the highest high of `period` bars; NaN without a range. */
export function williamsR(period = 14): IndicatorSpec<""> {
  return bridge({
    name: "williamsR",
    args: [["period", "period", period]],
    outputs: [""],
    warmup: period - 1,
    start: () => {
      const inner = new WilliamsR({ ...NO_BARS, period });
      return ({ high, low, close }, index, out) => {
        const bar = { high: at(high, index), low: at(low, index), close: at(close, index) };
        out[0] = toValue(inner.nextValue(bar as never));
      };
    },
  });
}

/**
 * Parabolic stop and reverse (Wilder 1978), acceleration from `step` to `max`. It starts in an up trend with the first
 * low, whatever the price does, and is the same as elsewhere from its first reversal on; no value at the first bar.
 */
export function psar(step = 0.02, max = 0.2): IndicatorSpec<""> {
  return bridge({
    name: "psar",
    args: [
      ["factor", "step", step],
      ["factor", "max", max],
    ],
    outputs: [""],
    warmup: 1,
    start: () => {
      const inner = new PSAR({ ...NO_BARS, step, max });
      let first = true;
      return ({ high, low }, index, out) => {
        const value = inner.nextValue({ high: at(high, index), low: at(low, index) } as never);
        out[0] = first ? Number.NaN : toValue(value);
        first = false;
      };
    },
  });
}

/** TRIX (J. Hutson): the change per bar of an EMA of an EMA of an EMA of the close, in percent. */
export function trix(period = 18): IndicatorSpec<""> {
  const warmup = 3 * (period - 1) + 1;
  return bridge({
    name: "trix",
    args: [["period", "period", period]],
    outputs: [""],
    warmup,
    start: () => {
      const inner = new TRIX({ values: [], period });
      let seen = 0;
      return ({ close }, index, out) => {
        const value = inner.nextValue(at(close, index)) as number | undefined;
        // It has no word for 0: a change of 0 is `undefined` as well.
        out[0] = value === undefined && seen >= warmup ? 0 : toValue(value);
        seen += 1;
      };
    },
  });
}

/** The four rates of change of KST, their smoothing, and the signal. */
const KST_DEFAULTS = [10, 15, 20, 30, 10, 10, 10, 15, 9] as const;
const KST_NAMES = ["roc1", "roc2", "roc3", "roc4", "sma1", "sma2", "sma3", "sma4", "signal"];

/**
 * Know sure thing (M. Pring): four rates of change of the close in percent, each smoothed by a mean, weighted 1 to 4
 * and added; `signal` is a mean of that. Nine periods: four of the rates, four of their means, one of the signal.
 */
export function kst(...periods: readonly number[]): IndicatorSpec<"kst" | "signal"> {
  assert(
    periods.length <= KST_DEFAULTS.length,
    () => `KST has nine periods, not ${periods.length}`,
  );
  const all = KST_DEFAULTS.map((period, index) => periods[index] ?? period);
  const [roc1, roc2, roc3, roc4, sma1, sma2, sma3, sma4, signal] = all as unknown as Nine;
  return bridge({
    name: "kst",
    args: all.map((period, index) => ["period", KST_NAMES[index] as string, period]),
    outputs: ["kst", "signal"],
    warmup: Math.max(roc1 + sma1, roc2 + sma2, roc3 + sma3, roc4 + sma4) - 1 + signal - 1,
    start: () => {
      const inner = new KST({
        values: [],
        ROCPer1: roc1,
        ROCPer2: roc2,
        ROCPer3: roc3,
        ROCPer4: roc4,
        SMAROCPer1: sma1,
        SMAROCPer2: sma2,
        SMAROCPer3: sma3,
        SMAROCPer4: sma4,
        signalPeriod: signal,
      });
      let since = 0;
      return ({ close }, index, out) => {
        const value = inner.nextValue(at(close, index)) as Partial<KstValue> | undefined;
        if (value !== undefined) since += 1;
        out[0] = toValue(value?.kst);
        // As in `trix`, a signal of 0 is `undefined`.
        out[1] = value?.signal === undefined && since >= signal ? 0 : toValue(value?.signal);
      };
    },
  });
}

type Nine = [number, number, number, number, number, number, number, number, number];
interface KstValue {
  readonly kst: number;
  readonly signal: number;
}

/** Awesome oscillator (B. Williams): the mean of (high + low) / 2 over `fast` bars minus that over `slow` bars. */
export function awesomeOscillator(fast = 5, slow = 34): IndicatorSpec<""> {
  return bridge({
    name: "awesomeOscillator",
    args: [
      ["period", "fast", fast],
      ["period", "slow", slow],
    ],
    outputs: [""],
    warmup: Math.max(fast, slow) - 1,
    start: () => {
      const inner = new AwesomeOscillator({ ...NO_BARS, fastPeriod: fast, slowPeriod: slow });
      return ({ high, low }, index, out) => {
        const bar = { high: at(high, index), low: at(low, index) };
        out[0] = toValue(inner.nextValue(bar as never));
      };
    },
  });
}

/** Heikin-Ashi candles: averaged ones, whose open is the middle of the candle before; they are not prices to trade at. */
export function heikinAshi(): IndicatorSpec<"open" | "high" | "low" | "close"> {
  return bridge({
    name: "heikinAshi",
    args: [],
    outputs: ["open", "high", "low", "close"],
    warmup: 0,
    start: () => {
      const inner = new HeikinAshi(NO_BARS);
      return (bars, index, out) => {
        const candle = inner.nextValue({
          open: at(bars.open, index),
          high: at(bars.high, index),
          low: at(bars.low, index),
          close: at(bars.close, index),
        });
        out[0] = toValue(candle?.open);
        out[1] = toValue(candle?.high);
        out[2] = toValue(candle?.low);
        out[3] = toValue(candle?.close);
      };
    },
  });
}

/**
 * Chandelier exit (C. Le Beau): `long` is the highest high of `period` bars minus `multiplier` average true ranges,
 * `short` the lowest low plus as many. Its ATR leaves out the first bar, as TA-Lib's does, and the engine's does not.
 */
export function chandelierExit(period = 22, multiplier = 3): IndicatorSpec<"long" | "short"> {
  return bridge({
    name: "chandelierExit",
    args: [
      ["period", "period", period],
      ["factor", "multiplier", multiplier],
    ],
    outputs: ["long", "short"],
    warmup: period,
    start: () => {
      const inner = new ChandelierExit({ ...NO_BARS, period, multiplier });
      return ({ high, low, close }, index, out) => {
        const bar = { high: at(high, index), low: at(low, index), close: at(close, index) };
        const value = inner.nextValue(bar as never);
        out[0] = toValue(value?.exitLong);
        out[1] = toValue(value?.exitShort);
      };
    },
  });
}

const period = (value: number, name = "period"): ArgumentDefinition => ({
  name,
  kind: "period",
  default: value,
});
const factor = (value: number, name: string): ArgumentDefinition => ({
  name,
  kind: "factor",
  default: value,
});

function definition(
  doc: string,
  args: readonly ArgumentDefinition[],
  make: (...args: number[]) => IndicatorSpec,
): IndicatorDefinition {
  const { name, outputs } = make();
  return { name, arguments: args, outputs, doc, create: (given) => make(...(given as number[])) };
}

/** What the package adds to the engine's own indicators, for `registerIndicators`. */
export const BRIDGED_INDICATORS: readonly IndicatorDefinition[] = [
  definition("Williams %R, -100 to 0", [period(14)], williamsR),
  definition("Parabolic stop and reverse", [factor(0.02, "step"), factor(0.2, "max")], psar),
  definition("Change of a triple EMA, percent", [period(18)], trix),
  definition(
    "Know sure thing: weighted sum of four smoothed rates of change",
    KST_DEFAULTS.map((value, index) => period(value, KST_NAMES[index] as string)),
    kst,
  ),
  definition(
    "Awesome oscillator: fast minus slow mean of (high + low) / 2",
    [period(5, "fast"), period(34, "slow")],
    awesomeOscillator,
  ),
  definition("Heikin-Ashi candle", [], heikinAshi),
  definition(
    "Chandelier exit for a long and for a short",
    [period(22), factor(3, "multiplier")],
    chandelierExit,
  ),
  ...CANDLESTICK_PATTERNS,
];

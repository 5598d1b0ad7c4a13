import {
  abandonedbaby,
  bearishengulfingpattern,
  bearishharami,
  bearishharamicross,
  bearishmarubozu,
  bullishengulfingpattern,
  bullishharami,
  bullishharamicross,
  bullishmarubozu,
  darkcloudcover,
  doji,
  downsidetasukigap,
  dragonflydoji,
  eveningdojistar,
  eveningstar,
  gravestonedoji,
  morningdojistar,
  morningstar,
  piercingline,
  threeblackcrows,
  threewhitesoldiers,
} from "technicalindicators";
import type { IndicatorDefinition } from "#engine/indicators/definition.ts";
import type { IndicatorSpec, Kernel } from "#engine/indicators/kernel.ts";
import type { BarColumns } from "#engine/market/bars.ts";

/**
 * Candlestick patterns by the rules of the npm package `technicalindicators`: 1 at the bar that completes the
 * pattern, else 0. Each sees its last few bars and nothing after them.
 * Its rules take prices within 0.1 % as equal, so that on short intervals most candles are a doji, and want real gaps
 * between candles (for engulfing, an open beyond the close before), which are rare where trading never pauses.
 */

interface Candles {
  open: number[];
  high: number[];
  low: number[];
  close: number[];
}

type Finder = (candles: Candles) => unknown;

/** Name, bars that the rule looks at, and what it says. */
const PATTERNS: readonly (readonly [name: string, bars: number, finder: Finder, doc: string])[] = [
  ["doji", 1, doji, "Doji: open and close are equal"],
  ["dragonflyDoji", 1, dragonflydoji, "Doji at the high of the bar"],
  ["gravestoneDoji", 1, gravestonedoji, "Doji at the low of the bar"],
  ["bullishMarubozu", 1, bullishmarubozu, "Rising candle without shadows"],
  ["bearishMarubozu", 1, bearishmarubozu, "Falling candle without shadows"],
  ["bullishEngulfing", 2, bullishengulfingpattern, "Rising body around the falling one before"],
  ["bearishEngulfing", 2, bearishengulfingpattern, "Falling body around the rising one before"],
  ["bullishHarami", 2, bullishharami, "Small candle within the falling one before"],
  ["bearishHarami", 2, bearishharami, "Small candle within the rising one before"],
  ["bullishHaramiCross", 2, bullishharamicross, "Doji within the falling candle before"],
  ["bearishHaramiCross", 2, bearishharamicross, "Doji within the rising candle before"],
  ["darkCloudCover", 2, darkcloudcover, "Falling candle from above the high into the lower half"],
  ["piercingLine", 2, piercingline, "Rising candle from below the low into the upper half"],
  ["downsideTasukiGap", 3, downsidetasukigap, "Gap down between falling candles, partly filled"],
  ["abandonedBaby", 3, abandonedbaby, "Doji alone below a falling and a rising candle"],
  ["morningStar", 3, morningstar, "Small candle below a falling and a rising one"],
  ["morningDojiStar", 3, morningdojistar, "Doji below a falling and a rising candle"],
  ["eveningStar", 3, eveningstar, "Small candle above a rising and a falling one"],
  ["eveningDojiStar", 3, eveningdojistar, "Doji above a rising and a falling candle"],
  ["threeBlackCrows", 3, threeblackcrows, "Three falling candles, each from within the one before"],
  [
    "threeWhiteSoldiers",
    3,
    threewhitesoldiers,
    "Three rising candles, each from within the one before",
  ],
];

/** One definition per pattern. */
export const CANDLESTICK_PATTERNS: readonly IndicatorDefinition[] = PATTERNS.map(
  ([name, bars, finder, doc]) => ({
    name,
    arguments: [],
    outputs: [""],
    doc,
    create: () => toSpec(name, bars, finder),
  }),
);

function toSpec(name: string, bars: number, finder: Finder): IndicatorSpec<""> {
  return {
    key: name,
    name,
    outputs: [""],
    warmup: bars - 1,
    create: () => new PatternKernel(bars, finder),
  };
}

class PatternKernel implements Kernel {
  readonly out: Float64Array = new Float64Array(1).fill(Number.NaN);
  readonly #bars: number;
  readonly #finder: Finder;
  readonly #candles: Candles = { open: [], high: [], low: [], close: [] };

  constructor(bars: number, finder: Finder) {
    this.#bars = bars;
    this.#finder = finder;
  }

  next(bars: BarColumns, index: number): void {
    const { open, high, low, close } = this.#candles;
    open.push(bars.open[index] as number);
    high.push(bars.high[index] as number);
    low.push(bars.low[index] as number);
    close.push(bars.close[index] as number);
    if (open.length > this.#bars) {
      for (const column of [open, high, low, close]) column.shift();
    }
    this.out[0] = this.#isKnown() ? Number(this.#finder(this.#candles)) : Number.NaN;
  }

  /** Whether there are enough candles, each with all four prices. */
  #isKnown(): boolean {
    const { open, high, low, close } = this.#candles;
    if (open.length < this.#bars) return false;
    return [open, high, low, close].every((column) => column.every(Number.isFinite));
  }
}

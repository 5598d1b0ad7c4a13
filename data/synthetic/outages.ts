import { type BarColumns, sliceBars } from "#engine/market/bars.ts";
import { portableLn } from "./portable-ln.ts";
import { RandomStream } from "./random-stream.ts";
import type { SyntheticSettings } from "./settings.ts";

/** Mean length of an outage; a bar is the least. */
const GAP_MS = 45 * 60_000;
/** Mean length of a run of bars without a trade. */
const SILENCE_BARS = 2;

/**
 * Takes bars out, in runs, and silences others: volume 0 and all four prices those of the last close that is there.
 * The first bar stays as it is, and so does every bar that neither of the two touches: the price moves on beneath, and
 * the next bar opens where it has arrived. Works in place and returns the rows that are left.
 */
export function applyOutages(
  candles: BarColumns,
  settings: SyntheticSettings,
  symbol: string,
): BarColumns {
  if (settings.gaps === 0 && settings.zeroVolume === 0) return candles;
  const gapBars = Math.max(1, GAP_MS / settings.intervalMs);
  const missing = new Runs(
    settings.gaps,
    gapBars,
    new RandomStream(settings.seed, `symbol/${symbol}/gaps`),
  );
  const silent = new Runs(
    settings.zeroVolume,
    SILENCE_BARS,
    new RandomStream(settings.seed, `symbol/${symbol}/silence`),
  );
  let kept = 0;
  for (let row = 0; row < candles.length; row++) {
    const isMissing = missing.next() && row > 0;
    const isSilent = silent.next() && row > 0;
    if (isMissing) continue;
    copyRow(candles, row, kept);
    if (isSilent) silence(candles, kept);
    kept += 1;
  }
  return sliceBars(candles, 0, kept);
}

/** Answers row by row whether it lies in a run; runs and the pauses between them are geometric. */
class Runs {
  readonly #draws: RandomStream;
  /** ln of the probability that a run, and that a pause, goes on. */
  readonly #runLn: number;
  readonly #pauseLn: number;
  #isRun = false;
  #left: number;

  constructor(share: number, meanBars: number, stream: RandomStream) {
    this.#draws = stream;
    const pauseBars = share === 0 ? Number.POSITIVE_INFINITY : (meanBars * (1 - share)) / share;
    this.#runLn = goesOnLn(meanBars);
    this.#pauseLn = goesOnLn(pauseBars);
    this.#left = this.#drawLength();
  }

  next(): boolean {
    while (this.#left <= 0) {
      this.#isRun = !this.#isRun;
      this.#left = this.#drawLength();
    }
    this.#left -= 1;
    return this.#isRun;
  }

  #drawLength(): number {
    const perBarLn = this.#isRun ? this.#runLn : this.#pauseLn;
    if (perBarLn === 0) return Number.POSITIVE_INFINITY;
    return 1 + Math.floor(portableLn(this.#draws.uniform()) / perBarLn);
  }
}

/** For a geometric length of at least 1 with this mean; −Infinity for exactly 1, 0 for endless. */
function goesOnLn(meanBars: number): number {
  if (meanBars <= 1) return Number.NEGATIVE_INFINITY;
  return meanBars === Number.POSITIVE_INFINITY ? 0 : portableLn(1 - 1 / meanBars);
}

function copyRow(bars: BarColumns, from: number, to: number): void {
  if (from === to) return;
  bars.time[to] = bars.time[from] as number;
  bars.open[to] = bars.open[from] as number;
  bars.high[to] = bars.high[from] as number;
  bars.low[to] = bars.low[from] as number;
  bars.close[to] = bars.close[from] as number;
  bars.volume[to] = bars.volume[from] as number;
}

function silence(bars: BarColumns, row: number): void {
  const price = bars.close[row - 1] as number;
  bars.open[row] = price;
  bars.high[row] = price;
  bars.low[row] = price;
  bars.close[row] = price;
  bars.volume[row] = 0;
}

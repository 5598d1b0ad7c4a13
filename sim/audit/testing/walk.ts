import { type BarColumns, makeBars } from "#engine/market/bars.ts";
import { HOUR, START } from "#sim/testing/fixture.ts";

/** Hourly candles of a walk that turns often; the same for the same seed. A gap of a day after `gapAfter` bars. */
export function walk(length: number, seed = 1, gapAfter = Number.POSITIVE_INFINITY): BarColumns {
  const bars = makeBars(HOUR, length);
  let state = seed * 2_654_435_761;
  const draw = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
  let close = 1_000;
  for (let row = 0; row < length; row++) {
    const open = close;
    close = Math.round(open * (1 + (draw() - 0.5) / 40) * 100) / 100;
    bars.time[row] = START + (row + (row > gapAfter ? 24 : 0)) * HOUR;
    bars.open[row] = open;
    bars.close[row] = close;
    bars.high[row] = Math.round(Math.max(open, close) * (1 + draw() / 200) * 100) / 100;
    bars.low[row] = Math.round(Math.min(open, close) * (1 - draw() / 200) * 100) / 100;
    bars.volume[row] = Math.round(draw() * 1_000);
  }
  return bars;
}

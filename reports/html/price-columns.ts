import type { BarColumns } from "#engine/market/bars.ts";
import { type EncodedColumn, encodeDoubles, fitsInt32, putInteger } from "./column-codec.ts";

/**
 * The four prices of bars, in ticks: open as the difference to the close before it, close to the open, high above
 * the higher of both, low below the lower. Most of these are small, and a market that opens where it closed has
 * opens of zero.
 */
export function encodePrices(prefix: string, bars: BarColumns, tick: number): EncodedColumn[] {
  return encodeTicks(prefix, bars, tick) ?? encodePlainPrices(prefix, bars);
}

function encodeTicks(prefix: string, bars: BarColumns, tick: number): EncodedColumn[] | null {
  const rows = bars.length;
  const planes = [0, 1, 2, 3].map(() => new Uint8Array(4 * rows)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const perTick = 1 / tick;
  // A tick such as 0.1 divides better as a multiplication by 10, where that is exact.
  const isInverse = perTick === Math.round(perTick);
  const toTicks = (price: number): number => Math.round(isInverse ? price * perTick : price / tick);
  const base = rows === 0 ? 0 : toTicks(bars.open[0] as number);
  let before = base;
  let isWide = false;
  for (let row = 0; row < rows; row++) {
    const open = toTicks(bars.open[row] as number);
    const close = toTicks(bars.close[row] as number);
    const high = toTicks(bars.high[row] as number);
    const low = toTicks(bars.low[row] as number);
    const up = high - Math.max(open, close);
    const down = Math.min(open, close) - low;
    const isSmall =
      fitsInt32(open - before) && fitsInt32(close - open) && fitsInt32(up) && fitsInt32(down);
    if (!isSmall) return null;
    isWide ||= !(fitsInt32(high) && fitsInt32(low));
    putInteger(planes[0], rows, row, open - before);
    putInteger(planes[1], rows, row, up);
    putInteger(planes[2], rows, row, down);
    putInteger(planes[3], rows, row, close - open);
    before = close;
  }
  return ["o", "h", "l", "c"].map((name, index) => ({
    id: `${prefix}-${name}`,
    rows,
    codec: "plain",
    scale: tick,
    base,
    isWide,
    planes: planes[index] as Uint8Array,
  }));
}

/** Prices off any grid, or not finite. */
function encodePlainPrices(prefix: string, bars: BarColumns): EncodedColumn[] {
  const { open, high, low, close, length } = bars;
  return [open, high, low, close].map((values, index) =>
    encodeDoubles(`${prefix}-${"ohlc"[index]}`, values.slice(0, length)),
  );
}

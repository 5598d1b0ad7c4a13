import type { SeriesKey } from "#data/series.ts";
import type { StoredSeries } from "#data/store/series-table.ts";
import { DrydockError } from "#engine/errors.ts";
import { type BarColumns, lowerBound } from "#engine/market/bars.ts";
import { parseInterval } from "#engine/market/interval.ts";
import { canResample } from "#engine/market/resample.ts";
import type { Diagnostic } from "#engine/result/run-result.ts";
import { type BarsInput, isoTime } from "./build-market.ts";
import type { MarketRequest } from "./market-request.ts";

/** A symbol of a run and what finer candles have to cover of it. */
export interface DetailWish {
  readonly key: SeriesKey;
  /** Open of the first and close of the last of the strategy's bars in the run's period. */
  readonly first: number;
  readonly end: number;
  /** Whether the strategy has a bar that closes where the period begins: on it falls the first decision. */
  readonly hasBarBefore: boolean;
}

export interface FoundDetail {
  /** One for each wish, in their order; all null where the run is matched on the strategy's own bars. */
  readonly detail: readonly (BarsInput | null)[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The finest candles in which a run's bars are looked into. They are taken only when they reach from the first to
 * the last of the strategy's bars without a hole, for every symbol of the run: a piece of the period would be another
 * run. What was passed over is told.
 *
 * @param read rows of a stored series in the run's period
 * @throws E_DATA_MISSING when detail is required and nothing covers the period
 */
export async function findDetail(
  wishes: readonly DetailWish[],
  stored: readonly StoredSeries[],
  request: Pick<MarketRequest, "detail" | "detailInterval">,
  interval: string,
  read: (key: SeriesKey) => Promise<BarsInput>,
): Promise<FoundDetail> {
  const none = wishes.map(() => null);
  if (request.detail === "off") return { detail: none, diagnostics: [] };
  const passedOver: string[] = [];
  const finer = finerIntervals(wishes, stored, interval);
  const { detailInterval } = request;
  const chosen = detailInterval === null ? finer : finer.filter((word) => word === detailInterval);
  if (detailInterval !== null && chosen.length === 0) {
    throw notStored(wishes, detailInterval, interval, finer);
  }
  for (const word of chosen) {
    const found: BarsInput[] = [];
    let fault: string | null = null;
    for (const wish of wishes) {
      const bars = await coveringBars(wish, word, stored, read);
      if (typeof bars === "string") {
        fault = `${word} of "${wish.key.symbol}" ${bars}`;
        break;
      }
      found.push(bars);
    }
    if (fault === null) {
      const late = wishes.filter((wish, at) => startsLate(wish, found[at] as BarsInput));
      return {
        detail: found,
        diagnostics: [...passedOverNote(passedOver, word), ...lateNote(late, word)],
      };
    }
    passedOver.push(fault);
  }
  if (request.detail === "required") throw noDetail(wishes, passedOver);
  return { detail: none, diagnostics: passedOverNote(passedOver, interval) };
}

/** Intervals that add up to the strategy's, finest first. */
function finerIntervals(
  wishes: readonly DetailWish[],
  stored: readonly StoredSeries[],
  interval: string,
): readonly string[] {
  const wanted = parseInterval(interval);
  const words = new Set(
    stored
      .filter(({ key }) => wishes.some((wish) => isCandlesOf(key, wish.key)))
      .map(({ key }) => key.interval)
      .filter((word) => parseInterval(word) < wanted && canResample(parseInterval(word), wanted)),
  );
  return [...words].sort((a, b) => parseInterval(a) - parseInterval(b));
}

/** The candles, or why they can not serve. */
async function coveringBars(
  wish: DetailWish,
  word: string,
  stored: readonly StoredSeries[],
  read: (key: SeriesKey) => Promise<BarsInput>,
): Promise<BarsInput | string> {
  const one = stored.find(({ key }) => key.interval === word && isCandlesOf(key, wish.key));
  if (one === undefined) return "are not stored";
  if (one.firstTime > wish.first) return `begin only at ${isoTime(one.firstTime)}`;
  const end = one.lastTime + parseInterval(word);
  if (end < wish.end) return `end at ${isoTime(end)} already`;
  const input = await read(one.key);
  const hole = firstHole(input.bars, wish);
  return hole === null ? input : `have a hole at ${isoTime(hole)}`;
}

/** Open time of the first candle that is missing between two times; null when none is. */
export function firstHole(
  bars: BarColumns,
  period: { readonly first: number; readonly end: number },
): number | null {
  const { time, length, intervalMs } = bars;
  let row = lowerBound(time, length, period.first);
  for (let at = period.first; at < period.end; at += intervalMs) {
    if (row >= length || time[row] !== at) return at;
    row += 1;
  }
  return null;
}

function startsLate(wish: DetailWish, { bars }: BarsInput): boolean {
  if (!wish.hasBarBefore) return false;
  const row = lowerBound(bars.time, bars.length, wish.first);
  return row === 0 || bars.time[row - 1] !== wish.first - bars.intervalMs;
}

function passedOverNote(passedOver: readonly string[], matchedOn: string): readonly Diagnostic[] {
  if (passedOver.length === 0) return [];
  return [
    {
      code: "finer-candles-passed-over",
      severity: "info",
      message: `The run is matched on ${matchedOn} bars; finer candles do not cover it whole: ${passedOver.join("; ")}`,
      count: passedOver.length,
    },
  ];
}

function lateNote(late: readonly DetailWish[], word: string): readonly Diagnostic[] {
  if (late.length === 0) return [];
  return [
    {
      code: "late-first-decision",
      severity: "info",
      message: `The ${word} candles begin with the run: what the bar before it decides acts one of them later`,
      count: late.length,
    },
  ];
}

function noDetail(wishes: readonly DetailWish[], passedOver: readonly string[]): DrydockError {
  const names = wishes.map(({ key }) => `"${key.exchange} ${key.symbol}"`).join(", ");
  const why = passedOver.length === 0 ? "" : `: ${passedOver.join("; ")}`;
  return new DrydockError(
    "E_DATA_MISSING",
    `The store has no finer candles of ${names} that cover the period without a hole${why}`,
    {
      while: "loading --intrabar detail",
      hint: "Import candles of a shorter interval for the whole period",
      or: "--intrabar worst",
    },
  );
}

function notStored(
  wishes: readonly DetailWish[],
  word: string,
  interval: string,
  finer: readonly string[],
): DrydockError {
  const names = wishes.map(({ key }) => `"${key.exchange} ${key.symbol}"`).join(", ");
  return new DrydockError(
    "E_DATA_MISSING",
    `The store has no ${word} candles of ${names} that add up to ${interval}`,
    {
      while: `loading --detail ${word}`,
      hint:
        finer.length === 0
          ? `Import candles of ${word}`
          : `Stored are ${finer.join(", ")}: --detail ${finer[0]}`,
    },
  );
}

function isCandlesOf(key: SeriesKey, like: SeriesKey): boolean {
  return key.kind === "candles" && key.exchange === like.exchange && key.symbol === like.symbol;
}

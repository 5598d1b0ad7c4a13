import { isoTime } from "#cli/market/build-market.ts";
import type { MarketRequest } from "#cli/market/market-request.ts";
import { resolvePeriod } from "#cli/time-bound.ts";
import { DrydockError } from "#engine/errors.ts";
import { floorToInterval, MONTH_MS, parseInterval } from "#engine/market/interval.ts";

/** Which rows a run reads, epoch ms: one rule for store and files, so that both give the same fingerprint. */
export interface RunWindow {
  /** Open of the first bar of the strategy's interval; first decision at or after. */
  readonly from: number;
  /** Close of the last one, exclusive. */
  readonly to: number;
  /** First row to read: the start less what indicators need. */
  readonly readFrom: number;
}

/** What there is of the candles that a run reads. */
export interface DataPeriod {
  /** First open. */
  readonly first: number;
  /** Last close. */
  readonly end: number;
  /** Open time of any bar of the strategy's interval, where the source does not stamp it on the usual grid. */
  readonly origin?: number | undefined;
}

/**
 * The period that was asked for, cut to the data and to whole bars: those of the strategy's interval whose whole
 * length lies in [from, to). The warm-up comes before it where a start was given.
 * @throws E_DATA_PERIOD when no whole bar of the period lies inside the data
 */
export function runWindow(
  data: DataPeriod,
  request: Pick<MarketRequest, "from" | "to" | "readFrom" | "warmup">,
  interval: string,
): RunWindow {
  const { first, end } = data;
  const { from, to } = resolvePeriod({ from: request.from, to: request.to }, end);
  const stepMs = parseInterval(interval);
  const origin = data.origin ?? floorToInterval(first, stepMs);
  const start = wholeBars(Math.ceil, Math.max(first, from ?? first), origin, stepMs);
  const stop = wholeBars(Math.floor, Math.min(end, to ?? end), origin, stepMs);
  if (start >= stop) {
    throw new DrydockError(
      "E_DATA_PERIOD",
      `No whole ${interval} bar lies between ${isoTime(from ?? first)} and ${isoTime(to ?? end)}: the data has ${isoTime(first)} to ${isoTime(end)}`,
      {
        while: "loading --from and --to",
        hint: `Choose a period of whole bars inside the data, such as --from ${isoTime(wholeBars(Math.ceil, first, origin, stepMs))}`,
      },
    );
  }
  let warmupMs = 0;
  for (const [word, bars] of request.warmup) {
    // One bar more than the first value needs: a crossing looks one bar back.
    warmupMs = Math.max(warmupMs, (bars + 2) * parseInterval(word === "" ? interval : word));
  }
  return {
    from: start,
    to: stop,
    readFrom: request.readFrom ?? (from === null ? start : start - warmupMs),
  };
}

/** The next border between two bars, in the direction of `round`. Months have none of fixed distance. */
function wholeBars(
  round: (value: number) => number,
  time: number,
  origin: number,
  stepMs: number,
): number {
  return stepMs === MONTH_MS ? time : origin + round((time - origin) / stepMs) * stepMs;
}

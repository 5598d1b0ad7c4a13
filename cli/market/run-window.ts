import { isoTime } from "#cli/market/build-market.ts";
import type { MarketRequest } from "#cli/market/market-request.ts";
import { resolvePeriod } from "#cli/time-bound.ts";
import { DrydockError } from "#engine/errors.ts";
import { parseInterval } from "#engine/market/interval.ts";

/** Which rows a run reads, epoch ms: one rule for store and files, so that both give the same fingerprint. */
export interface RunWindow {
  /** First decision at or after. */
  readonly from: number;
  /** End, exclusive. */
  readonly to: number;
  /** First row to read: the start less what indicators need. */
  readonly readFrom: number;
}

/**
 * The period that was asked for, cut to the data, with the warm-up before it where a start was given.
 * @param data first open and last close of the candles
 * @throws E_DATA_PERIOD when nothing of the period lies inside the data
 */
export function runWindow(
  data: { readonly first: number; readonly end: number },
  request: Pick<MarketRequest, "from" | "to" | "readFrom" | "warmup">,
  interval: string,
): RunWindow {
  const { first, end } = data;
  const { from, to } = resolvePeriod({ from: request.from, to: request.to }, end);
  const start = Math.max(first, from ?? first);
  const stop = Math.min(end, to ?? end);
  if (start >= stop) {
    throw new DrydockError(
      "E_DATA_PERIOD",
      `No candles between ${isoTime(from ?? first)} and ${isoTime(to ?? end)}: the data has ${isoTime(first)} to ${isoTime(end)}`,
      {
        while: "loading --from and --to",
        hint: `Choose a period inside the data, such as --from ${isoTime(first)}`,
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

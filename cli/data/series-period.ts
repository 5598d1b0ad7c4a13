import { parseTimeBound, resolvePeriod } from "#cli/time-bound.ts";
import type { Period } from "#data/store/market-store.ts";
import type { StoredSeries } from "#data/store/series-table.ts";
import { parseInterval } from "#engine/market/interval.ts";

/** The period of a series that was asked for; distances such as 90d count from its end. @throws E_USAGE, E_DATA_PERIOD */
export function seriesPeriod(
  stored: StoredSeries,
  bounds: { readonly from: string | undefined; readonly to: string | undefined },
): Period {
  const { key, lastTime } = stored;
  // A funding rate has no length: the end is just behind the last one.
  const end = lastTime + (key.kind === "funding" ? 1 : parseInterval(key.interval));
  return periodWithin(end, bounds);
}

/** The same for rows that end at `end`. */
export function periodWithin(
  end: number,
  bounds: { readonly from: string | undefined; readonly to: string | undefined },
): Period {
  const { from, to } = resolvePeriod(
    {
      from: bounds.from === undefined ? null : parseTimeBound(bounds.from, "--from"),
      to: bounds.to === undefined ? null : parseTimeBound(bounds.to, "--to"),
    },
    end,
  );
  return { from: from ?? undefined, to: to ?? undefined };
}

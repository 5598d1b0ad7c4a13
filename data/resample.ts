import { DrydockError } from "#engine/errors.ts";
import type { BarColumns } from "#engine/market/bars.ts";
import { formatInterval, parseInterval } from "#engine/market/interval.ts";
import { canResample, type Resampled, resample } from "#engine/market/resample.ts";
import { type SeriesKey, seriesLabel } from "./series.ts";

export interface ResampledSeries extends Resampled {
  readonly key: SeriesKey;
}

/**
 * Builds the bars of a longer interval from a stored or imported series, complete bars only.
 *
 * @throws E_DATA_INTERVAL when bars of this interval do not add up to the wanted one.
 */
export function resampleSeries(
  key: SeriesKey,
  bars: BarColumns,
  interval: string,
): ResampledSeries {
  const targetMs = parseInterval(interval);
  if (!canResample(bars.intervalMs, targetMs)) {
    const source = formatInterval(bars.intervalMs);
    throw new DrydockError(
      "E_DATA_INTERVAL",
      `Cannot build "${interval}" bars from "${seriesLabel(key)}": ${source} bars do not add up to them`,
      { hint: `Choose a longer interval that is a multiple of ${source}` },
    );
  }
  return {
    key: { ...key, interval: formatInterval(targetMs) },
    ...resample(bars, targetMs),
  };
}

import type { UnknownBars } from "#reports/diagnostics/lint-subject.ts";
import { isoTime } from "#reports/diagnostics/place.ts";
import type { Finding, Rule } from "#reports/diagnostics/rule.ts";

export const syntheticData: Rule = ({ isSynthetic }) =>
  isSynthetic
    ? [
        {
          code: "synthetic-data",
          message: "The market is synthetic: made by a generator, not traded",
          count: 1,
        },
      ]
    : [];

/** What holds back large orders is computed from the volume, so it does not act where that is unknown. */
export const volumeUnknown: Rule = ({ settings, symbols }) => {
  if (settings.participationPct === null && settings.slippage.kind === "fixed") return [];
  return symbols
    .filter(({ withoutVolume }) => withoutVolume.count > 0)
    .map(({ symbol, withoutVolume }): Finding => {
      const message = `${symbol}: the volume of ${partOf(withoutVolume)} bars is unknown, first ${isoTime(withoutVolume.first ?? 0)}: the participation limit and the impact do not apply there`;
      return { code: "volume-unknown", message, count: withoutVolume.count };
    });
};

/** At leverage 1 nobody misses a mark that was never there; one that ends in the middle is told in any case. */
export const markUnknown: Rule = ({ run, symbols }) =>
  symbols
    .filter(
      ({ isPerpetual, hasMarkSeries, withoutMark }) =>
        withoutMark.count > 0 && isPerpetual && (hasMarkSeries || run.leverage > 1),
    )
    .map(({ symbol, withoutMark, hasMarkSeries }): Finding => {
      const isAll = withoutMark.count === withoutMark.total;
      return {
        code: isAll ? "no-mark-price" : "partial-mark-price",
        severity: isAll && !hasMarkSeries ? "info" : "warning",
        message: `${symbol}: no mark price in ${partOf(withoutMark)} bars, first ${isoTime(withoutMark.first ?? 0)}: liquidation and funding follow the last price there`,
        count: withoutMark.count,
      };
    });

function partOf({ count, total }: UnknownBars): string {
  return count === total ? `all ${total}` : `${count} of ${total}`;
}

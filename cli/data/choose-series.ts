import type { ChoiceArgs } from "#cli/data/choice-options.ts";
import { didYouMean } from "#cli/suggest.ts";
import { normalizeSymbol, type SeriesKey, seriesLabel } from "#data/series.ts";
import type { StoredSeries } from "#data/store/series-table.ts";
import { DrydockError } from "#engine/errors.ts";
import { formatInterval, parseInterval } from "#engine/market/interval.ts";
import { canResample } from "#engine/market/resample.ts";

/** The stored series that the arguments allow, in the order of the store. @throws E_USAGE */
export function matchSeries(
  stored: readonly StoredSeries[],
  args: ChoiceArgs,
): readonly StoredSeries[] {
  const wanted = wantedSymbol(args);
  const exchange = args.exchange?.toLowerCase();
  const interval = args.interval === undefined ? undefined : canonicalInterval(args.interval);
  return stored.filter(
    ({ key }) =>
      (wanted === undefined || key.symbol === normalizeSymbol(wanted, key.exchange)) &&
      (exchange === undefined || key.exchange === exchange) &&
      (interval === undefined || key.interval === interval) &&
      (args.kind === undefined || key.kind === args.kind),
  );
}

/**
 * The one series that the arguments name, candles unless another kind is named.
 *
 * @throws E_DATA_UNKNOWN_SERIES when there is none, E_USAGE when there are several
 */
export function chooseSeries(stored: readonly StoredSeries[], args: ChoiceArgs): StoredSeries {
  const kind = args.kind ?? "candles";
  const matches = matchSeries(stored, { ...args, kind });
  const [only, second] = matches;
  if (only === undefined) throw unknownSeries(stored, { ...args, kind });
  if (second === undefined) return only;
  throw severalSeries(matches);
}

export interface SeriesSource {
  readonly stored: StoredSeries;
  /** The interval to build from its bars; null where they are shown as they are. */
  readonly resampleTo: string | null;
}

/**
 * The series to show: the one that is stored with the wanted interval, else the longest shorter one whose bars add up
 * to it.
 *
 * @throws E_DATA_UNKNOWN_SERIES, E_USAGE
 */
export function chooseSource(stored: readonly StoredSeries[], args: ChoiceArgs): SeriesSource {
  const kind = args.kind ?? "candles";
  const exact = matchSeries(stored, { ...args, kind });
  if (exact.length > 0 || args.interval === undefined || kind === "funding") {
    return { stored: chooseSeries(stored, args), resampleTo: null };
  }
  const wantedMs = parseInterval(args.interval);
  const usable = matchSeries(stored, { ...args, kind, interval: undefined })
    .filter(({ key }) => canResample(parseInterval(key.interval), wantedMs))
    .toSorted((a, b) => parseInterval(b.key.interval) - parseInterval(a.key.interval));
  const [longest] = usable;
  if (longest === undefined) throw unknownSeries(stored, { ...args, kind });
  const perMarket = new Map(usable.toReversed().map((one) => [marketOf(one), one]));
  if (perMarket.size > 1) throw severalSeries([...perMarket.values()]);
  return { stored: longest, resampleTo: canonicalInterval(args.interval) };
}

function marketOf({ key }: StoredSeries): string {
  return `${key.exchange} ${key.symbol}`;
}

function wantedSymbol(args: ChoiceArgs): string | undefined {
  const { name, symbol } = args;
  if (name === undefined || symbol === undefined || name === symbol) return name ?? symbol;
  throw new DrydockError("E_USAGE", `Two symbols are named: "${name}" and "${symbol}"`, {
    hint: "Name one",
  });
}

/** 60m and 1h are one interval. */
function canonicalInterval(text: string): string {
  return formatInterval(parseInterval(text));
}

function severalSeries(matches: readonly StoredSeries[]): DrydockError {
  const keys = matches.map(({ key }) => key);
  const shown = keys.slice(0, 4).map(seriesLabel).join(", ");
  const more = keys.length > 4 ? ` and ${keys.length - 4} more` : "";
  return new DrydockError("E_USAGE", `${keys.length} series match: ${shown}${more}`, {
    hint: `Name one with ${distinguishing(keys)}`,
    or: "drydock data ls",
  });
}

/** The options that tell the series apart, with a value that would. */
function distinguishing(keys: readonly SeriesKey[]): string {
  const [first] = keys;
  const fields = ["exchange", "symbol", "interval", "kind"] as const;
  const options = fields
    .filter((field) => new Set(keys.map((key) => key[field])).size > 1)
    .map((field) => `--${field} ${first?.[field] ?? ""}`);
  return options.join(" ");
}

/** The error for arguments that nothing stored fits: what was asked for, and what there is instead. */
export function unknownSeries(stored: readonly StoredSeries[], args: ChoiceArgs): DrydockError {
  const wanted = wantedSymbol(args);
  const words = [args.exchange, wanted, args.interval, args.kind].filter(
    (word) => word !== undefined,
  );
  const symbols = [...new Set(stored.map(({ key }) => key.symbol))];
  const sameSymbol = matchSeries(stored, {
    ...args,
    exchange: undefined,
    interval: undefined,
    kind: undefined,
  });
  const exchanges = [...new Set(stored.map(({ key }) => key.exchange))];
  const hint =
    sameSymbol.length > 0 && wanted !== undefined
      ? `Stored of it: ${sameSymbol.map(({ key }) => seriesLabel(key)).join(", ")}`
      : args.exchange !== undefined && !exchanges.includes(args.exchange.toLowerCase())
        ? didYouMean(args.exchange, exchanges, `Stored are ${exchanges.join(", ")}`)
        : didYouMean(wanted ?? "", symbols, "drydock data import <files>");
  const what = words.length === 0 ? "" : ` "${words.join(" ")}"`;
  return new DrydockError("E_DATA_UNKNOWN_SERIES", `Nothing stored matches${what}`, {
    hint,
    or: "drydock data ls",
  });
}

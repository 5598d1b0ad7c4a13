import type { CommandContext } from "#cli/command-context.ts";
import type { ChoiceArgs } from "#cli/data/choice-options.ts";
import { chooseSource } from "#cli/data/choose-series.ts";
import { withMarketStore, workspaceOf } from "#cli/data/market-store.ts";
import type { ParsedSeries } from "#data/import/parsed-series.ts";
import { planBars, planFunding } from "#data/import/plan-import.ts";
import { readMarketFile } from "#data/import/read-file.ts";
import { plural } from "#data/quality/wording.ts";
import { type ResampledSeries, resampleSeries } from "#data/resample.ts";
import { normalizeSymbol, type SeriesKey, type SeriesKind, seriesLabel } from "#data/series.ts";
import { DrydockError } from "#engine/errors.ts";
import type { BarColumns, FundingColumns } from "#engine/market/bars.ts";
import { formatInterval, parseInterval } from "#engine/market/interval.ts";

/** A whole series, from the store or from a file. Names that a file does not tell are null. */
export interface LoadedSeries {
  readonly kind: SeriesKind;
  readonly exchange: string | null;
  readonly symbol: string | null;
  /** Null for funding. */
  readonly interval: string | null;
  /** The interval of the source when its bars were put together; null otherwise. */
  readonly resampledFrom: string | null;
  readonly content:
    | { readonly form: "bars"; readonly bars: BarColumns }
    | { readonly form: "funding"; readonly funding: FundingColumns };
}

/** @throws E_DATA_UNKNOWN_SERIES, E_DATA_UNTRUSTED, E_DATA_INTERVAL, E_USAGE and what reading a file throws */
export function loadShown(
  context: CommandContext,
  args: ChoiceArgs & { readonly file: string | undefined },
): Promise<LoadedSeries> {
  return args.file === undefined ? loadStored(context, args) : loadFile(context, args, args.file);
}

async function loadStored(context: CommandContext, args: ChoiceArgs): Promise<LoadedSeries> {
  const workspace = await workspaceOf(context, args);
  return withMarketStore(workspace, async (store) => {
    const { stored, resampleTo } = chooseSource(await store.listSeries(), args);
    const { key } = stored;
    if (key.kind === "funding") {
      const funding = await store.readFunding(key);
      return { ...key, interval: null, resampledFrom: null, content: { form: "funding", funding } };
    }
    const bars = await store.readBars(key);
    const loaded: LoadedSeries = { ...key, resampledFrom: null, content: { form: "bars", bars } };
    return resampleTo === null ? loaded : resampled(context, loaded, bars, resampleTo);
  });
}

async function loadFile(
  context: CommandContext,
  args: ChoiceArgs,
  file: string,
): Promise<LoadedSeries> {
  if (args.name !== undefined) {
    throw new DrydockError(
      "E_USAGE",
      `Both a file and a stored series are named: "${file}" and "${args.name}"`,
      { hint: "Leave one of them out", or: "--symbol says of which symbol the file is" },
    );
  }
  const parsed = onlySeries(await readWithHints(context, args, file), file);
  const planned = parsed.kind === "funding" ? planFunding(parsed, {}) : planBars(parsed, {});
  if (planned.outcome === "refused") throw planned.error;
  const { series } = planned;
  const names = { kind: series.kind, exchange: series.exchange, symbol: series.symbol };
  if (series.kind === "funding") {
    const { funding } = series;
    return { ...names, interval: null, resampledFrom: null, content: { form: "funding", funding } };
  }
  if (series.intervalMs === null) {
    throw new DrydockError("E_DATA_INTERVAL", `"${file}" has too few rows to show its interval`, {
      hint: "Name it with --interval",
    });
  }
  const { bars } = series;
  const interval = formatInterval(series.intervalMs);
  const loaded: LoadedSeries = {
    ...names,
    interval,
    resampledFrom: null,
    content: { form: "bars", bars },
  };
  const wanted = args.interval;
  if (wanted === undefined || parseInterval(wanted) === series.intervalMs) return loaded;
  return resampled(context, loaded, bars, wanted);
}

/**
 * `--interval` names the interval to show. It becomes a hint for reading only where the file can not tell its own,
 * because as a hint it would contradict a file of shorter bars.
 */
async function readWithHints(
  context: CommandContext,
  args: ChoiceArgs,
  file: string,
): Promise<readonly ParsedSeries[]> {
  const hints = {
    exchange: args.exchange?.toLowerCase(),
    symbol: args.symbol,
    kind: args.kind,
    signal: context.signal,
  };
  if (hints.exchange !== undefined || hints.symbol !== undefined) {
    const { kind, signal } = hints;
    for (const told of await readMarketFile(file, { kind, signal })) refuseOther(told, hints, file);
  }
  const found = await readMarketFile(file, hints);
  const isUnclear = found.some((series) => series.kind !== "funding" && series.intervalMs === null);
  return isUnclear && args.interval !== undefined
    ? readMarketFile(file, { ...hints, interval: args.interval })
    : found;
}

/** A name beside a file says what the file does not tell; it can not say something else. @throws E_USAGE */
function refuseOther(
  told: ParsedSeries,
  hints: { readonly exchange: string | undefined; readonly symbol: string | undefined },
  file: string,
): void {
  const { exchange, symbol } = told;
  const isOtherExchange =
    exchange !== null && hints.exchange !== undefined && exchange !== hints.exchange;
  const isOtherSymbol =
    symbol !== null &&
    hints.symbol !== undefined &&
    normalizeSymbol(symbol, exchange ?? hints.exchange) !==
      normalizeSymbol(hints.symbol, exchange ?? hints.exchange);
  if (!isOtherExchange && !isOtherSymbol) return;
  const own = [exchange, symbol].filter((word) => word !== null).join(" ");
  throw new DrydockError("E_USAGE", `"${file}" says that it is of "${own}"`, {
    hint: "Leave --exchange and --symbol out",
  });
}

function onlySeries(found: readonly ParsedSeries[], file: string): ParsedSeries {
  const [only, second] = found;
  if (only !== undefined && second === undefined) return only;
  throw new DrydockError("E_DATA_FORMAT", `"${file}" holds ${found.length} series instead of one`, {
    hint: `drydock data import "${file}", then drydock data show <symbol>`,
  });
}

/** Complete longer bars; a warning tells how many are left out. @throws E_DATA_INTERVAL, E_DATA_PERIOD */
export function resampleShown(
  context: CommandContext,
  key: SeriesKey,
  bars: BarColumns,
  interval: string,
): ResampledSeries {
  const made = resampleSeries(key, bars, interval);
  if (made.bars.length === 0) {
    throw new DrydockError(
      "E_DATA_PERIOD",
      `"${seriesLabel(key)}" has no complete ${interval} bar`,
      { hint: "Choose a shorter interval" },
    );
  }
  if (made.incomplete.length > 0) {
    context.warn({
      code: "incomplete-bars",
      message: `${plural(made.incomplete.length, "bar")} of ${interval} left out, because ${key.interval} bars are missing in them`,
    });
  }
  return made;
}

function resampled(
  context: CommandContext,
  loaded: LoadedSeries,
  bars: BarColumns,
  interval: string,
): LoadedSeries {
  const { kind, exchange, symbol } = loaded;
  if (kind === "funding") return loaded;
  const source = formatInterval(bars.intervalMs);
  const key = { kind, exchange: exchange ?? "", symbol: symbol ?? "", interval: source };
  const made = resampleShown(context, key, bars, interval);
  return {
    ...loaded,
    interval: made.key.interval,
    resampledFrom: source,
    content: { form: "bars", bars: made.bars },
  };
}

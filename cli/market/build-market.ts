import { fingerprint, type SeriesFingerprint } from "#data/hashes/data-fingerprint.ts";
import { fundingMonthHashes, type MonthHash, monthHashes } from "#data/hashes/month-hashes.ts";
import { checkBars } from "#data/quality/check-bars.ts";
import { checkFunding } from "#data/quality/check-funding.ts";
import { type SeriesKey, seriesLabel } from "#data/series.ts";
import { DrydockError } from "#engine/errors.ts";
import {
  type BarColumns,
  type FundingColumns,
  lowerBound,
  sliceBars,
} from "#engine/market/bars.ts";
import { formatInterval, MONTH_MS, parseInterval } from "#engine/market/interval.ts";
import { canResample, resample } from "#engine/market/resample.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import type { Diagnostic } from "#engine/result/run-result.ts";
import { completeFunding, usualFundingMs } from "./funding-stamps.ts";
import { countOffTick, inferInstrument, TICK_MIN } from "./infer-instrument.ts";
import type { LoadedMarket, LoadedSymbol, SeriesQuality } from "./loaded-market.ts";
import type { MarketRequest } from "./market-request.ts";
import { barsWithoutMark, barsWithoutVolume } from "./uncovered-bars.ts";

/** Candles or mark prices of one series, as read. */
export interface BarsInput {
  readonly key: SeriesKey;
  readonly bars: BarColumns;
  readonly source: string;
  /** Hashes of exactly these rows, where they are known already. */
  readonly months?: readonly MonthHash[] | undefined;
}

export interface FundingInput {
  readonly key: SeriesKey;
  readonly funding: FundingColumns;
  /** The whole series: what lies before and after the run tells at which stamps it should have rates. */
  readonly whole: FundingColumns;
  readonly source: string;
  readonly months?: readonly MonthHash[] | undefined;
}

/** What was read of one symbol. */
export interface SymbolInput {
  readonly symbol: string;
  /** Candles of the strategy's interval, or of one that adds up to it. */
  readonly base: BarsInput;
  /** Finer candles that cover the whole period, where there are any. */
  readonly detail: BarsInput | null;
  /** Stored candles of further intervals, by word; what is missing is built from the base. */
  readonly higher: ReadonlyMap<string, BarsInput>;
  readonly mark: BarsInput | null;
  readonly index: BarsInput | null;
  readonly funding: FundingInput | null;
  readonly instrument: Instrument | null;
  readonly instrumentSeries: readonly SeriesFingerprint[];
}

export interface MarketInput {
  readonly exchange: string;
  readonly interval: string;
  readonly symbols: readonly SymbolInput[];
  readonly from: number;
  readonly isSynthetic: boolean;
  /** What was noticed while reading. */
  readonly diagnostics?: readonly Diagnostic[] | undefined;
}

/**
 * Puts a run's market together: intervals that are not stored are built from complete bars, funding is checked for
 * holes, ticks are inferred where no terms are stored, every finding is kept, and the fingerprint is taken over the
 * rows that are used.
 */
export function buildMarket(input: MarketInput, request: MarketRequest): LoadedMarket {
  refuseMonths(input);
  const diagnostics: Diagnostic[] = [...(input.diagnostics ?? [])];
  const series: SeriesFingerprint[] = [];
  const quality: SeriesQuality[] = [];
  const strategyBars = input.symbols.map((one) =>
    cutAtGap(ofInterval(one.base, input.interval, diagnostics), one, request, diagnostics),
  );
  const to = Math.max(...strategyBars.map(endOfBars));
  const symbols = input.symbols.map((given, at) => {
    const one = cutTo(given, to);
    for (const bars of usedSeries(one)) {
      series.push({ key: bars.key, months: bars.months ?? monthHashes(bars.bars) });
      quality.push(barsQuality(bars));
    }
    if (one.funding !== null) {
      const { key, funding, months, source } = one.funding;
      series.push({ key, months: months ?? fundingMonthHashes(funding) });
      quality.push({ key, rows: funding.length, findings: checkFunding(funding), source });
    }
    series.push(...one.instrumentSeries);
    return buildSymbol(one, strategyBars[at] as BarColumns, { input, request, to }, diagnostics);
  });
  const [first] = symbols as [LoadedSymbol, ...LoadedSymbol[]];
  return {
    exchange: input.exchange,
    interval: input.interval,
    matchedOn: formatInterval(first.bars.intervalMs),
    symbols,
    from: input.from,
    dataFrom: Math.min(...input.symbols.map(({ base }) => base.bars.time[0] as number)),
    to,
    series,
    fingerprint: fingerprint(series),
    quality,
    diagnostics,
    isSynthetic: input.isSynthetic,
  };
}

/** Calendar months have no fixed length, so their close times can not be told from their opens. */
function refuseMonths(input: MarketInput): void {
  if (parseInterval(input.interval) !== MONTH_MS) return;
  throw new DrydockError("E_DATA_INTERVAL", "Monthly bars can be imported and shown, not traded", {
    while: "loading --interval 1M",
    hint: "Use bars of a week or shorter",
  });
}

function usedSeries(one: SymbolInput): readonly BarsInput[] {
  const all = [one.base, one.detail, one.mark, one.index, ...one.higher.values()];
  const used = all.filter((bars): bars is BarsInput => bars !== null && bars.bars.length > 0);
  // The base may serve as a further interval too; a fingerprint lists each series once.
  return used.filter(
    (bars, at) =>
      used.findIndex((other) => seriesLabel(other.key) === seriesLabel(bars.key)) === at,
  );
}

function barsQuality({ key, bars, source }: BarsInput): SeriesQuality {
  const kind = key.kind === "funding" ? "candles" : key.kind;
  return { key, rows: bars.length, findings: checkBars(bars, { kind }), source };
}

interface RunFrame {
  readonly input: MarketInput;
  readonly request: MarketRequest;
  /** Last close of all symbols. */
  readonly to: number;
}

function buildSymbol(
  one: SymbolInput,
  strategyBars: BarColumns,
  { input, request, to }: RunFrame,
  diagnostics: Diagnostic[],
): LoadedSymbol {
  const end = endOfBars(strategyBars);
  const bars = one.detail === null ? strategyBars : until(one.detail.bars, end);
  const higher = new Map<string, BarColumns>();
  for (const word of request.higher) {
    const stored = one.higher.get(word);
    higher.set(
      word,
      stored === undefined ? ofInterval(one.base, word, diagnostics) : until(stored.bars, end),
    );
  }
  const instrument = one.instrument ?? inferInstrument(input.exchange, one.symbol, bars);
  describeInstrument(one, instrument, bars, diagnostics);
  const funding = buildFunding(one.funding, { input, request, to }, diagnostics);
  const marks = one.mark === null || one.mark.bars.length === 0 ? null : one.mark.bars;
  return {
    instrument,
    bars,
    strategyBars,
    higher,
    marks,
    index: one.index === null || one.index.bars.length === 0 ? null : one.index.bars,
    withoutMark: barsWithoutMark(bars, marks, input.from),
    withoutVolume: barsWithoutVolume(bars, input.from),
    hasMarkSeries: one.mark !== null,
    funding,
  };
}

function buildFunding(
  given: FundingInput | null,
  { input, request, to }: RunFrame,
  diagnostics: Diagnostic[],
): FundingColumns | null {
  if (given === null) return null;
  const label = seriesLabel(given.key);
  const { funding, filled } = completeFunding(given.funding, given.whole, {
    label,
    from: input.from,
    to,
    missing: request.fundingMissing,
    usualMs: usualFundingMs(input.exchange),
  });
  if (filled > 0) {
    diagnostics.push({
      code: "funding-filled",
      severity: "warning",
      message: `${label}: missing rates were taken as ${request.fundingMissing}`,
      count: filled,
    });
  }
  return funding;
}

/** Only rows before the end of the run, with hashes that are theirs: the rows that are used are the run's identity. */
function cutTo(one: SymbolInput, to: number): SymbolInput {
  return {
    ...one,
    base: cutBars(one.base, to),
    detail: one.detail === null ? null : cutBars(one.detail, to),
    higher: new Map([...one.higher].map(([word, bars]) => [word, cutBars(bars, to)] as const)),
    mark: one.mark === null ? null : cutBars(one.mark, to),
    index: one.index === null ? null : cutBars(one.index, to),
    funding: one.funding === null ? null : cutFundingTo(one.funding, to),
  };
}

/** The rows that open before a time. */
export function cutBars(input: BarsInput, to: number): BarsInput {
  const bars = until(input.bars, to);
  return bars === input.bars ? input : { ...input, bars, months: undefined };
}

function cutFundingTo(input: FundingInput, to: number): FundingInput {
  const { time, rate, length } = input.funding;
  const rows = lowerBound(time, length, to);
  if (rows === length) return input;
  const funding = { length: rows, time: time.subarray(0, rows), rate: rate.subarray(0, rows) };
  return { ...input, funding, months: undefined };
}

function endOfBars(bars: BarColumns): number {
  return (bars.time[bars.length - 1] as number) + bars.intervalMs;
}

/** The base as it is, or complete longer bars built from it. @throws E_DATA_INTERVAL */
function ofInterval(base: BarsInput, word: string, diagnostics: Diagnostic[]): BarColumns {
  const targetMs = parseInterval(word);
  if (targetMs === base.bars.intervalMs) return base.bars;
  if (!canResample(base.bars.intervalMs, targetMs)) throw cannotGive(base, word);
  const { bars, incomplete } = resample(base.bars, targetMs);
  if (bars.length === 0) {
    throw new DrydockError(
      "E_DATA_PERIOD",
      `${seriesLabel(base.key)} has no complete ${word} bar`,
      {
        hint: "Choose a longer period or a shorter interval",
      },
    );
  }
  if (incomplete.length > 0) {
    diagnostics.push({
      code: "incomplete-bars",
      severity: "info",
      message: `${seriesLabel(base.key)}: incomplete ${word} bars were left out, first ${isoTime(incomplete[0]?.time ?? 0)}`,
      count: incomplete.length,
    });
  }
  return bars;
}

export function cannotGive(base: BarsInput, word: string): DrydockError {
  return new DrydockError(
    "E_DATA_INTERVAL",
    `${seriesLabel(base.key)} can not give ${word} bars: they do not add up to it`,
    {
      while: `loading --interval ${word}`,
      hint: `Choose ${base.key.interval} or a multiple of it, or import candles of a shorter interval`,
    },
  );
}

/** What `--gaps` says: go on over them, end at the first, or refuse the run. @throws E_DATA_GAP */
function cutAtGap(
  bars: BarColumns,
  one: SymbolInput,
  request: MarketRequest,
  diagnostics: Diagnostic[],
): BarColumns {
  const row = firstGap(bars);
  if (row < 0) return bars;
  const label = seriesLabel(one.base.key);
  const before = bars.time[row - 1] as number;
  const missing = Math.round(((bars.time[row] as number) - before) / bars.intervalMs) - 1;
  if (request.gaps === "error") {
    throw new DrydockError(
      "E_DATA_GAP",
      `${label} misses ${missing} bars after ${isoTime(before)}`,
      {
        while: "loading candles with --gaps error",
        hint: "Import the missing candles, or shorten the run with --from and --to",
        or: "--gaps skip",
      },
    );
  }
  diagnostics.push({
    code: request.gaps === "halt" ? "halted-at-gap" : "data-gaps",
    severity: "warning",
    message: `${label} misses bars, first ${missing} after ${isoTime(before)}`,
    count: countGaps(bars),
  });
  return request.gaps === "halt" ? sliceBars(bars, 0, row) : bars;
}

function firstGap(bars: BarColumns): number {
  for (let row = 1; row < bars.length; row++) {
    if ((bars.time[row] as number) - (bars.time[row - 1] as number) > bars.intervalMs) return row;
  }
  return -1;
}

function countGaps(bars: BarColumns): number {
  let count = 0;
  for (let row = 1; row < bars.length; row++) {
    if ((bars.time[row] as number) - (bars.time[row - 1] as number) > bars.intervalMs) count += 1;
  }
  return count;
}

function describeInstrument(
  one: SymbolInput,
  instrument: Instrument,
  bars: BarColumns,
  diagnostics: Diagnostic[],
): void {
  if (one.instrument === null) {
    diagnostics.push({
      code: "instrument-inferred",
      severity: "info",
      message: `${one.symbol}: no stored contract terms; tick ${instrument.tick.step} inferred from the prices, lot 1e-8, no minimums, maintenance margin 0.5 %`,
      count: 1,
    });
  }
  // An inferred tick fits every price but those that need more than its eight decimals.
  if (one.instrument === null && instrument.tick.step > TICK_MIN) return;
  const offTick = countOffTick(bars, instrument);
  if (offTick === 0) return;
  diagnostics.push({
    code: "price-off-tick",
    severity: "warning",
    message: `${one.symbol}: prices off the tick ${instrument.tick.step} were rounded to the nearest one`,
    count: offTick,
  });
}

function until(bars: BarColumns, end: number): BarColumns {
  const rows = lowerBound(bars.time, bars.length, end);
  return rows === bars.length ? bars : sliceBars(bars, 0, rows);
}

export function isoTime(time: number): string {
  return new Date(time).toISOString().replace(".000Z", "Z");
}

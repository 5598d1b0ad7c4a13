import type { SeriesFingerprint } from "#data/hashes/data-fingerprint.ts";
import type { Finding } from "#data/quality/finding.ts";
import type { SeriesKey } from "#data/series.ts";
import type { BarColumns, FundingColumns } from "#engine/market/bars.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import type { Diagnostic } from "#engine/result/run-result.ts";
import type { UncoveredBars } from "./uncovered-bars.ts";

/** One symbol with everything a run reads of it. */
export interface LoadedSymbol {
  readonly instrument: Instrument;
  /** The finest candles: what the exchange matches on. */
  readonly bars: BarColumns;
  /** The strategy's own interval; the same object unless finer candles were found. */
  readonly strategyBars: BarColumns;
  readonly higher: ReadonlyMap<string, BarColumns>;
  readonly marks: BarColumns | null;
  /** Index price candles, where they are stored. */
  readonly index: BarColumns | null;
  /** Bars of the run, of the finest candles, in which the last price stands in for the mark. */
  readonly withoutMark: UncoveredBars;
  /** Bars of the run, of the finest candles, of unknown volume. */
  readonly withoutVolume: UncoveredBars;
  /** Whether mark candles were stored or given, wherever they lie. */
  readonly hasMarkSeries: boolean;
  readonly funding: FundingColumns | null;
}

/** What was found out about one series on the way in. */
export interface SeriesQuality {
  readonly key: SeriesKey;
  readonly rows: number;
  readonly findings: readonly Finding[];
  /** Where the rows come from: the store, or a file's name. */
  readonly source: string;
}

export interface LoadedMarket {
  readonly exchange: string;
  readonly interval: string;
  /** Interval of the candles the exchange matches on. */
  readonly matchedOn: string;
  readonly symbols: readonly LoadedSymbol[];
  /** Decisions from here on; bars before it warm up. */
  readonly from: number;
  /** Open time of the first candle that was read. */
  readonly dataFrom: number;
  /** Close time of the last bar. */
  readonly to: number;
  readonly series: readonly SeriesFingerprint[];
  readonly fingerprint: string;
  readonly quality: readonly SeriesQuality[];
  readonly diagnostics: readonly Diagnostic[];
  readonly isSynthetic: boolean;
}

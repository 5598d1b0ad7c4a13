import type { SeriesKind } from "#data/series.ts";
import type { BarColumns, FundingColumns } from "#engine/market/bars.ts";

/** What the user knows better than the file; each wins over what content and path say. */
export interface ReadHints {
  readonly exchange?: string | undefined;
  readonly symbol?: string | undefined;
  /** An interval word such as `5m`. */
  readonly interval?: string | undefined;
  readonly kind?: SeriesKind | undefined;
  /** Whether a stamp is the moment a bar opens or the moment it closes. */
  readonly stamp?: "open" | "close" | undefined;
  readonly onProgress?: ((progress: ReadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ReadProgress {
  readonly path: string;
  readonly bytesRead: number;
  readonly bytesTotal: number;
}

interface ParsedFacts {
  /** The file, with `/entry` behind the name of an archive. */
  readonly path: string;
  /** Null where neither content nor path tells. */
  readonly exchange: string | null;
  readonly symbol: string | null;
  /** Such as `binance-vision-csv`. */
  readonly format: string;
  /** Rows of data in the file, duplicates included. */
  readonly rows: number;
  /** What was concluded and is not visible in the data: one sentence each. */
  readonly notes: readonly string[];
  /** Where row `index` of the columns stands in the file: `line 18` or `row 17`. */
  readonly where: (index: number) => string;
  /** Position in the file of row `index`, to tell the earlier from the later of two equal stamps. */
  readonly fileOrder: (index: number) => number;
  /** Last change of the file, epoch ms. */
  readonly writtenAt: number;
}

/** Bars as the file holds them, ascending by open time; duplicates and other defects are still in them. */
export interface ParsedBars extends ParsedFacts {
  readonly kind: "candles" | "mark" | "index";
  /** From the steps between rows; by the name where rows are too few. Null (and 0 in `bars`) when unknown. */
  readonly intervalMs: number | null;
  readonly bars: BarColumns;
  /** Whether the file itself marks its last bar as not closed. */
  readonly isLastOpen: boolean;
}

export interface ParsedFunding extends ParsedFacts {
  readonly kind: "funding";
  readonly intervalMs: null;
  readonly funding: FundingColumns;
}

export type ParsedSeries = ParsedBars | ParsedFunding;

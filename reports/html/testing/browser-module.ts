import { readFileSync } from "node:fs";
import { runInThisContext } from "node:vm";
import type { EncodedColumn } from "#reports/html/column-codec.ts";
import { compactScript } from "#reports/html/compact-script.ts";

type Numbers = Int32Array | Float64Array | Float32Array;

interface TimeIndex {
  timeAt(row: number): number;
  rowAt(time: number): number;
}

interface Extremes {
  of(from: number, to: number): [low: number, high: number];
}

interface Prices {
  readonly open: Numbers;
  readonly high: Numbers;
  readonly low: Numbers;
  readonly close: Numbers;
  readonly scale: number;
}

/** What tests call of the browser script, which itself has no types. */
export interface BrowserModule {
  decodeColumn(column: EncodedColumn, planes: Uint8Array): Int32Array | Float64Array;
  joinPrices(column: EncodedColumn, ...parts: readonly Numbers[]): Prices;
  readonly TimeIndex: new (
    rows: Float64Array,
    times: Float64Array,
    step: number,
    length: number,
  ) => TimeIndex;
  readonly Extremes: new (lows: Numbers, highs?: Numbers) => Extremes;
  pointsIn(
    index: TimeIndex,
    values: Numbers,
    extremes: Extremes,
    from: number,
    to: number,
    width: number,
    scale: number,
  ): { readonly x: number; readonly y: number }[];
  drawdownOf(values: Numbers): Float32Array;
  barLength(span: number, count: number, source: number): number;
  candlesIn(
    prices: Prices & { readonly index: TimeIndex; readonly extremes: Extremes },
    from: number,
    to: number,
    length: number,
  ): Record<"start" | "end" | "open" | "high" | "low" | "close", number>[];
  timeTicks(
    from: number,
    to: number,
    width: number,
  ): { readonly value: number; readonly label: readonly string[] }[];
  tradesCsv(trades: object, dictionaries: object): string;
  readonly format: {
    readonly number: (value: number, decimals?: number, signed?: boolean) => string;
    readonly quantity: (value: number) => string;
    readonly time: (ms: number) => string;
    readonly interval: (ms: number) => string;
  };
}

/**
 * Runs files of the browser script outside a browser, in the compact form in which a report holds them, and returns
 * what they export. Only functions that touch no document can be called.
 */
export function loadBrowserFiles(...names: readonly string[]): BrowserModule {
  const sources = names.map((name) =>
    compactScript(readFileSync(new URL(`../browser/${name}`, import.meta.url), "utf8")),
  );
  const run = runInThisContext(
    `(function (dd) {"use strict";\n${sources.join("\n")}\nreturn dd;})`,
  );
  return run({});
}

/**
 * QuantConnect LEAN: one zip per symbol and day, one CSV without a header inside. Minute and second files count
 * milliseconds from midnight UTC of the day in the file name; hour and daily files write `20240105 13:00`.
 * https://www.quantconnect.com/docs/v2/lean-cli/datasets/format-and-storage (crypto prices are not scaled).
 */
import { basename, dirname } from "node:path";
import { formatFault } from "./data-fault.ts";
import { parseNumber } from "./parse-number.ts";
import { type Market, makeRawSeries, type RawSeries, RowColumns } from "./row-columns.ts";
import { parseStamp } from "./stamp.ts";

export interface LeanName {
  readonly dayMs: number;
  readonly symbol: string | null;
  readonly resolution: "second" | "minute";
  readonly kind: "trade" | "quote" | "tick" | "openinterest";
  readonly market: Market | null;
}

const ENTRY =
  /^(\d{8})_([a-z0-9]+)_(tick|second|minute)_(trade|quote|openinterest)(_[a-z]+)?\.csv$/i;
const DAY_MS = 86_400_000;

/** What the name of an entry says when it is LEAN's; hour and daily files are plain tables. */
export function readLeanName(path: string): LeanName | null {
  const match = ENTRY.exec(basename(path));
  if (match === null) return null;
  const [, day = "", symbol = "", resolution = "", kind = "", contract] = match;
  const dayMs = parseStamp(day);
  if (dayMs === null) return null;
  const archive = dirname(path);
  return {
    dayMs,
    symbol,
    resolution: resolution.toLowerCase() === "second" ? "second" : "minute",
    kind: resolution.toLowerCase() === "tick" ? "tick" : (kind.toLowerCase() as "trade" | "quote"),
    // LEAN keeps contracts under cryptofuture and marks their entries; spot has its own folder and no mark.
    market:
      contract !== undefined ? "linear" : /(?:^|[\\/])crypto[\\/]/.test(archive) ? "spot" : null,
  };
}

/** @throws E_DATA_FORMAT for quote and tick files, shares, and lines that do not fit, with their number. */
export function readLeanCsv(path: string, text: string, name: LeanName): RawSeries {
  if (name.kind !== "trade") {
    const what =
      name.kind === "quote" ? "bid and ask bars" : name.kind === "tick" ? "ticks" : "open interest";
    throw formatFault(path, `holds ${what}, not candles`, "Import the trade file of the same day");
  }
  if (/(?:^|[\\/])(?:equity|option|future)[\\/]/.test(path)) {
    throw formatFault(
      path,
      "is a LEAN file of shares or dated contracts, whose prices are scaled",
      "Import crypto data, or export it as CSV",
    );
  }
  const rows = new RowColumns();
  const lines = text.split(/\r\n?|\n/);
  lines.forEach((line, index) => {
    if (line.trim() === "") return;
    const cells = line.trim().split(",");
    const [offset, open, high, low, close, volume] = cells.map(parseNumber);
    if (
      cells.length !== 6 ||
      offset === undefined ||
      open === undefined ||
      high === undefined ||
      low === undefined ||
      close === undefined ||
      volume === undefined ||
      !(offset >= 0 && offset < DAY_MS)
    ) {
      throw formatFault(
        path,
        `line ${index + 1} is no LEAN bar: "${line.slice(0, 60)}"`,
        "Download the file again",
      );
    }
    const row = rows.push(name.dayMs + offset, index + 1);
    rows.open[row] = open;
    rows.high[row] = high;
    rows.low[row] = low;
    rows.close[row] = close;
    rows.volume[row] = volume;
  });
  return makeRawSeries({
    format: `lean-${name.resolution}-zip`,
    content: "price",
    rows,
    symbol: name.symbol,
    market: name.market,
    unit: "line",
  });
}

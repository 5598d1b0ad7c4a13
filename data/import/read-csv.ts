/**
 * CSV tables of candles or funding rates. The text may come in pieces; the first lines settle dialect and layout,
 * every further line becomes one row. A line that does not fit stops the import with its number: a skipped line would
 * be a hole nobody sees.
 */
import { plural } from "#data/quality/wording.ts";
import { type CsvDialect, findDialect, splitCells } from "./csv-dialect.ts";
import { type CsvLayout, findLayout } from "./csv-layout.ts";
import { emptyFault, formatFault } from "./data-fault.ts";
import { parseNumber, parseRate } from "./parse-number.ts";
import { makeRawSeries, type RawSeries, RowColumns } from "./row-columns.ts";
import { parseStamp } from "./stamp.ts";

/** Lines looked at before the first row is read. */
const HEAD_LINES = 60;
/** No table has lines like this; a file without line breaks must not fill the memory. */
const LINE_LENGTH_MAX = 1 << 20;
const DAY_MS = 86_400_000;

interface SymbolRows {
  readonly symbol: string | null;
  readonly interval: string | null;
  readonly rows: RowColumns;
  readonly openTimes: Set<number>;
}

export class CsvReader {
  readonly #path: string;
  readonly #pathSymbol: string | null;
  #rest = "";
  #lineEnd: "unknown" | "feed" | "return" = "unknown";
  #head: string[] | null = [];
  #dialect: CsvDialect | null = null;
  #layout: CsvLayout | null = null;
  #lineNumber = 0;
  #headerLine = "";
  #repeatedHeaders = 0;
  #disagreeing = 0;
  #firstDisagreeing = 0;
  readonly #series = new Map<string, SymbolRows>();
  #current: SymbolRows | null = null;
  #currentKey: string | null = null;

  constructor(path: string, pathSymbol: string | null) {
    this.#path = path;
    this.#pathSymbol = pathSymbol;
  }

  push(given: string): void {
    const text = this.#withLineFeeds(given);
    const piece = this.#rest === "" ? text : this.#rest + text;
    let start = 0;
    for (;;) {
      const end = piece.indexOf("\n", start);
      if (end < 0) break;
      this.#line(
        piece.charCodeAt(end - 1) === 13 ? piece.slice(start, end - 1) : piece.slice(start, end),
      );
      start = end + 1;
    }
    this.#rest = piece.slice(start);
    if (this.#rest.length > LINE_LENGTH_MAX) {
      throw formatFault(
        this.#path,
        "has no line breaks: it is no table",
        "Import CSV, JSON, feather, Parquet or zip files",
      );
    }
  }

  /**
   * A file whose lines end in carriage returns alone (old Macs, some spreadsheets) is read like any other. The first
   * line break decides for the whole file; a carriage return as the last character so far may be half of a pair.
   */
  #withLineFeeds(text: string): string {
    if (this.#lineEnd === "unknown") {
      const seen = this.#rest + text;
      const feed = seen.indexOf("\n");
      const bare = seen.search(/\r(?!\n|$)/);
      if (bare >= 0 && (feed < 0 || bare < feed)) {
        this.#lineEnd = "return";
        this.#rest = "";
        return seen.replaceAll("\r", "\n");
      }
      if (feed >= 0) this.#lineEnd = "feed";
    }
    return this.#lineEnd === "return" ? text.replaceAll("\r", "\n") : text;
  }

  /** @throws E_DATA_FORMAT when nothing was read. */
  finish(): RawSeries[] {
    const isUnended = this.#rest.trim() !== "";
    if (isUnended) this.#line(this.#rest.replace(/\r$/, ""), true);
    if (this.#head !== null) this.#settle(isUnended);
    const { layout } = this.#settled();
    if (this.#series.size === 0) throw emptyFault(this.#path, "holds a header and no rows");
    return [...this.#series.values()].map((found) =>
      makeRawSeries({
        format: layout.format,
        content: layout.roles.rate === null ? "price" : "rate",
        rows: found.rows,
        symbol: found.symbol,
        interval: found.interval,
        market: layout.market,
        stamp: layout.roles.stamp,
        openTimes: found.openTimes,
        unit: "line",
        notes: [...layout.notes, ...this.#findings()],
      }),
    );
  }

  #findings(): string[] {
    const notes: string[] = [];
    if (this.#repeatedHeaders > 0) {
      notes.push(
        `The header stands in the file ${this.#repeatedHeaders + 1} times: files were joined`,
      );
    }
    if (this.#disagreeing > 0) {
      const { dialect, layout } = this.#settled();
      const [used, other] = [layout.roles.time, layout.roles.otherTime ?? 0].map(
        (column) => dialect.header?.[column] ?? "",
      );
      notes.push(
        `The columns "${used}" and "${other}" disagree in ${plural(this.#disagreeing, "row")}, the first in line ${this.#firstDisagreeing}: "${used}" was used`,
      );
    }
    return notes;
  }

  #line(line: string, isLast = false): void {
    if (this.#head !== null) {
      this.#head.push(line);
      if (this.#head.length >= HEAD_LINES) this.#settle();
      return;
    }
    this.#lineNumber++;
    this.#row(line, isLast);
  }

  /** Decides dialect and layout from the lines read so far, then reads them as rows. */
  #settle(isLastUnended = false): void {
    const head = this.#head ?? [];
    if (head.length > 0) head[0] = (head[0] ?? "").replace(/^\uFEFF/, "");
    this.#head = null;
    const dialect = findDialect(head);
    this.#dialect = dialect;
    this.#layout = findLayout(this.#path, dialect, this.#pathSymbol);
    let isHeaderDue = dialect.header !== null;
    head.forEach((line, index) => {
      this.#lineNumber = index + 1;
      if (index < dialect.skip) return;
      if (isHeaderDue && line.trim() !== "") {
        isHeaderDue = false;
        this.#headerLine = line;
        return;
      }
      this.#row(line, isLastUnended && index === head.length - 1);
    });
  }

  #settled(): { dialect: CsvDialect; layout: CsvLayout } {
    if (this.#dialect === null || this.#layout === null) throw emptyFault(this.#path);
    return { dialect: this.#dialect, layout: this.#layout };
  }

  #row(line: string, isLast: boolean): void {
    const dialect = this.#dialect as CsvDialect;
    const layout = this.#layout as CsvLayout;
    if (line === "" || line.trim() === "") return;
    if (line === this.#headerLine) {
      this.#repeatedHeaders++;
      return;
    }
    const cells = splitCells(line, dialect.separator);
    if (cells.length !== layout.width) this.#checkWidth(cells, layout.width, isLast);
    const { roles } = layout;
    const time = this.#time(cells);
    const found = this.#seriesOf(cells);
    const { rows } = found;
    const index = rows.push(time, this.#lineNumber);
    if (roles.rate !== null) {
      rows.open[index] = this.#rate(cells[roles.rate] as string);
      return;
    }
    rows.open[index] = this.#number(cells[roles.open] as string, "open");
    rows.high[index] = this.#number(cells[roles.high] as string, "high");
    rows.low[index] = this.#number(cells[roles.low] as string, "low");
    rows.close[index] = this.#number(cells[roles.close] as string, "close");
    rows.volume[index] =
      roles.volume === null ? Number.NaN : this.#number(cells[roles.volume] as string, "volume");
    if (roles.closed !== null && /^\s*(?:0|false)\s*$/i.test(cells[roles.closed] as string)) {
      found.openTimes.add(time);
    }
  }

  #checkWidth(cells: readonly string[], width: number, isLast: boolean): void {
    if (cells.length === width + 1 && cells[width]?.trim() === "") return;
    throw this.#fault(
      `has ${cells.length} cells where the ${this.#dialect?.header === null ? "first row" : "header"} has ${width}`,
      isLast
        ? "The file seems to be cut off: download it again, or delete its last line"
        : "Correct or delete this line, or download the file again",
    );
  }

  #time(cells: readonly string[]): number {
    const { roles } = this.#layout as CsvLayout;
    const cell = cells[roles.time] as string;
    const text =
      roles.clock === null ? cell : `${cell.trim()} ${(cells[roles.clock] ?? "").trim()}`;
    const time = parseStamp(text);
    if (time === null) {
      throw this.#fault(
        `has the time "${text.slice(0, 40)}"`,
        /^\s*\d{1,2}\/\d{1,2}\//.test(text)
          ? "Write dates with the year first (2024-01-31): with slashes, day and month cannot be told apart"
          : "Write times as 2024-01-31 13:00 or as epoch seconds or milliseconds",
      );
    }
    if (roles.otherTime !== null) this.#compareTimes(time, cells[roles.otherTime] as string);
    return time;
  }

  #compareTimes(time: number, cell: string): void {
    const other = parseStamp(cell);
    if (other === null) return;
    const isDayOnly = cell.trim().length <= 10;
    const agrees = isDayOnly
      ? Math.floor(time / DAY_MS) === Math.floor(other / DAY_MS)
      : Math.abs(time - other) < 1_000;
    if (!agrees && this.#disagreeing++ === 0) this.#firstDisagreeing = this.#lineNumber;
  }

  #seriesOf(cells: readonly string[]): SymbolRows {
    const { roles } = this.#layout as CsvLayout;
    const symbol = roles.symbol === null ? null : (cells[roles.symbol] as string).trim();
    const interval = roles.interval === null ? null : (cells[roles.interval] as string).trim();
    const key = `${symbol}\n${interval}`;
    if (this.#current !== null && this.#currentKey === key) return this.#current;
    let found = this.#series.get(key);
    if (found === undefined) {
      found = { symbol, interval, rows: new RowColumns(), openTimes: new Set() };
      this.#series.set(key, found);
    }
    this.#current = found;
    this.#currentKey = key;
    return found;
  }

  #number(cell: string, name: string): number {
    const value = parseNumber(cell);
    if (value !== undefined) return value;
    throw this.#fault(
      `has "${cell.slice(0, 40)}" as its ${name}`,
      /^\s*\d+,\d+\s*$/.test(cell)
        ? "Write numbers with a decimal point"
        : "Correct or delete this line, or download the file again",
    );
  }

  #rate(cell: string): number {
    const value = parseRate(cell);
    if (value !== undefined) return value;
    throw this.#fault(
      `has "${cell.slice(0, 40)}" as its funding rate`,
      "Correct or delete this line, or download the file again",
    );
  }

  #fault(what: string, hint: string): Error {
    return formatFault(this.#path, `line ${this.#lineNumber} ${what}`, hint);
  }
}

/**
 * What an import changes. Always: rows that stand twice, identical or once rounded, lose nothing by being kept once.
 * Only when asked to repair:
 *
 * - rows whose numbers cannot be a bar are dropped, unless they are the majority (then the columns are mixed up);
 * - stamps off the grid by at most a twentieth of the interval are moved to it, others dropped, unless they are the
 *   majority (then the time zone is wrong, and moving them would move the future into the past);
 * - of two rows with different values one is kept: the one that traded more, since a bar downloaded while it was
 *   forming has traded less; at equal volumes the one with more digits; then the later one in the file;
 * - an unfinished last bar is dropped.
 *
 * No bar is ever invented: gaps stay gaps.
 */
import type { ParsedBars } from "#data/import/parsed-series.ts";
import { type BarColumns, makeBars } from "#engine/market/bars.ts";
import { isColumnMixUp, isVolumeFault, priceFault, priceRange } from "./check-prices.ts";
import { compareRows, describeDifference, digitsOfRow } from "./compare-rows.ts";
import type { Finding, FindingCode } from "./finding.ts";
import { makeGrid } from "./time-grid.ts";
import { formatTime } from "./wording.ts";

export interface BarValues {
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

export interface Change<Values = BarValues> {
  readonly code: FindingCode;
  readonly time: number;
  readonly before: Values;
  /** Null where the row was dropped. */
  readonly after: Values | null;
  readonly message: string;
}

export interface RepairedBars {
  readonly bars: BarColumns;
  readonly changes: readonly Change[];
}

/** Share of an interval by which a stamp may be off and still be meant for the grid. */
const SNAP_SHARE = 1 / 20;
/** Volumes closer than this are the same trades, counted or rounded differently. */
const VOLUME_TOLERANCE = 0.001;

/** Keeps every row once, where the copies do not disagree. */
export function dropDuplicates(parsed: ParsedBars): RepairedBars {
  const sheet = new Sheet(parsed);
  sheet.dropRepeats("same");
  return sheet.result();
}

/** All of the above. What cannot be repaired stays as it is, so that a check of the result still refuses it. */
export function repairBars(parsed: ParsedBars, findings: readonly Finding[]): RepairedBars {
  const sheet = new Sheet(parsed);
  sheet.dropFaultyRows();
  sheet.alignTimes();
  sheet.dropRepeats("all");
  const unfinished = findings.find((finding) => finding.code === "unfinishedLastBar");
  if (unfinished !== undefined) sheet.dropLast(unfinished);
  return sheet.result();
}

/** The rows of a series under repair: which remain, and at which time. */
class Sheet {
  readonly #parsed: ParsedBars;
  readonly #bars: BarColumns;
  readonly #time: Float64Array;
  readonly #kept: Uint8Array;
  readonly #changes: Change[] = [];

  constructor(parsed: ParsedBars) {
    this.#parsed = parsed;
    this.#bars = parsed.bars;
    this.#time = parsed.bars.time.slice(0, parsed.bars.length);
    this.#kept = new Uint8Array(parsed.bars.length).fill(1);
  }

  dropFaultyRows(): void {
    const bars = this.#bars;
    const range = priceRange(bars);
    let mixedUp = 0;
    for (let index = 0; index < bars.length; index++) {
      if (priceFault(bars, index, range) === "ohlc") mixedUp++;
    }
    const isMixUp = isColumnMixUp(mixedUp, bars.length);
    for (let index = 0; index < bars.length; index++) {
      const fault = priceFault(bars, index, range);
      if (fault !== null && !(fault === "ohlc" && isMixUp)) {
        this.#drop(index, fault, FAULT_WORDS[fault]);
      } else if (isVolumeFault(bars.volume[index] as number)) {
        this.#drop(index, "negativeVolume", "its volume is below zero or infinite");
      }
    }
  }

  alignTimes(): void {
    const { intervalMs, length } = this.#bars;
    if (intervalMs === 0) return;
    const grid = makeGrid(intervalMs, this.#time, length);
    let far = 0;
    for (let index = 0; index < length; index++) {
      if (Math.abs(grid.offset(this.#time[index] as number)) > intervalMs * SNAP_SHARE) far++;
    }
    const isZoneFault = far * 2 > length;
    for (let index = 0; index < length; index++) {
      const time = this.#time[index] as number;
      const offset = grid.offset(time);
      if (offset === 0 || this.#kept[index] === 0) continue;
      if (Math.abs(offset) <= intervalMs * SNAP_SHARE) this.#move(index, time - offset);
      else if (!isZoneFault) this.#drop(index, "misaligned", "its time lies between two bars");
    }
  }

  /** `same` drops only copies that lose nothing; `all` decides between different values too. */
  dropRepeats(which: "same" | "all"): void {
    let winner = -1;
    for (let index = 0; index < this.#bars.length; index++) {
      if (this.#kept[index] === 0) continue;
      if (winner < 0 || this.#time[winner] !== this.#time[index]) {
        winner = index;
        continue;
      }
      const { relation } = compareRows(this.#bars, winner, index);
      if (relation === "conflicting" && which === "same") continue;
      const { keep, drop, why } = this.#choose(winner, index, relation);
      const code =
        relation === "same"
          ? "duplicate"
          : relation === "rounded"
            ? "roundedDuplicate"
            : "conflictingDuplicate";
      this.#drop(drop, code, why);
      winner = keep;
    }
  }

  #choose(
    a: number,
    b: number,
    relation: "same" | "rounded" | "conflicting",
  ): { keep: number; drop: number; why: string } {
    const bars = this.#bars;
    if (relation === "same") return { keep: a, drop: b, why: "it stands in the file twice" };
    const difference = describeDifference(bars, a, b);
    const pick = (first: boolean, why: string): { keep: number; drop: number; why: string } => ({
      keep: first ? a : b,
      drop: first ? b : a,
      why: `${why} (${difference})`,
    });
    const [left, right] = [bars.volume[a] as number, bars.volume[b] as number];
    const spread = Math.abs(left - right) / Math.max(Math.abs(left), Math.abs(right));
    if (relation === "conflicting" && spread > VOLUME_TOLERANCE) {
      return pick(left > right, "the other row of this time traded more");
    }
    const [leftDigits, rightDigits] = [digitsOfRow(bars, a), digitsOfRow(bars, b)];
    if (leftDigits !== rightDigits) {
      return pick(leftDigits > rightDigits, "the other row of this time has more digits");
    }
    const isLater = this.#parsed.fileOrder(a) > this.#parsed.fileOrder(b);
    return pick(isLater, "the other row of this time stands later in the file");
  }

  dropLast(finding: Finding): void {
    const time = finding.first[0]?.time;
    for (let index = this.#bars.length - 1; index >= 0; index--) {
      if (this.#kept[index] === 0) continue;
      if (this.#bars.time[index] === time) {
        this.#drop(index, "unfinishedLastBar", "it is the last bar and unfinished");
      }
      return;
    }
  }

  #drop(index: number, code: FindingCode, why: string): void {
    this.#kept[index] = 0;
    const before = this.#values(index, this.#bars.time[index] as number);
    const place = this.#parsed.where(index);
    const message = `Dropped ${formatTime(before.time)}, ${place}: ${why}`;
    this.#changes.push({ code, time: before.time, before, after: null, message });
  }

  #move(index: number, time: number): void {
    const from = this.#bars.time[index] as number;
    this.#time[index] = time;
    this.#changes.push({
      code: "misaligned",
      time: from,
      before: this.#values(index, from),
      after: this.#values(index, time),
      message: `Moved ${formatTime(from)}, ${this.#parsed.where(index)}, to ${formatTime(time)}`,
    });
  }

  #values(index: number, time: number): BarValues {
    const { open, high, low, close, volume } = this.#bars;
    return {
      time,
      open: open[index] as number,
      high: high[index] as number,
      low: low[index] as number,
      close: close[index] as number,
      volume: volume[index] as number,
    };
  }

  result(): RepairedBars {
    if (this.#changes.length === 0) return { bars: this.#bars, changes: [] };
    const length = this.#kept.reduce((sum, kept) => sum + kept, 0);
    const bars = makeBars(this.#bars.intervalMs, length);
    let to = 0;
    for (let index = 0; index < this.#kept.length; index++) {
      if (this.#kept[index] === 0) continue;
      bars.time[to] = this.#time[index] as number;
      bars.open[to] = this.#bars.open[index] as number;
      bars.high[to] = this.#bars.high[index] as number;
      bars.low[to] = this.#bars.low[index] as number;
      bars.close[to] = this.#bars.close[index] as number;
      bars.volume[to] = this.#bars.volume[index] as number;
      to++;
    }
    return { bars, changes: this.#changes };
  }
}

const FAULT_WORDS = {
  notFinite: "a price is missing or no number",
  nonPositivePrice: "a price is zero or below",
  absurdPrice: "a price is one that no market of this size has",
  ohlc: "its high or low does not contain open and close",
} as const;

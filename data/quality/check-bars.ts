/**
 * What is wrong with bars before they may enter the store. Bars are looked at as they are, ascending by time with
 * equal stamps side by side; nothing is changed here (`repair.ts` does that).
 *
 * An unfinished last bar can be known in four ways: the file says so (`isLastOpen`), `now` lies inside the bar, the
 * file was last written inside it, or its volume is a small part of what the bars before it traded. The first three
 * are certain; a copied file has lost its time of writing, so the fourth is a suspicion and says so.
 */
import type { BarColumns } from "#engine/market/bars.ts";
import { floorToMonth, formatInterval, MONTH_MS } from "#engine/market/interval.ts";
import { checkPrices } from "./check-prices.ts";
import { checkTimes } from "./check-times.ts";
import { type Finding, Tally } from "./finding.ts";
import { formatTime } from "./wording.ts";

export interface CheckOptions {
  /** Wall clock, epoch ms; without it nothing is said about bars still forming or in the future. */
  readonly now?: number | undefined;
  /** When the file was last written, epoch ms. */
  readonly writtenAt?: number | undefined;
  /** Whether the source marks the last bar as not closed. */
  readonly isLastOpen?: boolean | undefined;
  /** `candles` unless told; mark and index prices have no volume. */
  readonly kind?: "candles" | "mark" | "index" | undefined;
  /** Where a row stands in its file, for the details: `line 18`. */
  readonly where?: ((index: number) => string) | undefined;
}

/** All findings, errors first. */
export function checkBars(bars: BarColumns, options: CheckOptions = {}): Finding[] {
  const where = options.where ?? ((index: number): string => `row ${index + 1}`);
  const findings = [
    ...checkTimes(bars, where),
    ...checkPrices(bars, where, options.kind ?? "candles"),
    ...checkLastBar(bars, options),
    ...checkFuture(bars, options.now),
  ];
  const rank = { error: 0, warning: 1, info: 2 };
  return findings.sort((a, b) => rank[a.severity] - rank[b.severity]);
}

const DAY_MS = 86_400_000;
/** A last bar is suspected to be unfinished below this share of the median volume … */
const PARTIAL_OF_MEDIAN = 0.1;
/** … and of the smallest: where quiet bars are usual, a quiet last bar says nothing. */
const PARTIAL_OF_SMALLEST = 0.5;
const VOLUME_SAMPLE = 50;
/** With fewer bars neither says anything. */
const VOLUME_SAMPLE_MIN = 20;

function checkLastBar(bars: BarColumns, options: CheckOptions): Finding[] {
  const last = bars.length - 1;
  if (last < 0 || bars.intervalMs === 0) return [];
  const time = bars.time[last] as number;
  const reason = unfinishedReason(bars, last, options);
  if (reason === null) return [];
  const detail = `the bar of ${formatTime(time)} ${reason}`;
  return [
    {
      code: "unfinishedLastBar",
      severity: "warning",
      count: 1,
      first: [{ time, index: last, detail }],
      message: `The last bar is unfinished or may be: ${detail}`,
    },
  ];
}

function unfinishedReason(bars: BarColumns, last: number, options: CheckOptions): string | null {
  const time = bars.time[last] as number;
  const closesAt = closeOf(time, bars.intervalMs);
  const lies = (moment: number | undefined): boolean =>
    moment !== undefined && moment >= time && moment < closesAt;
  if (options.isLastOpen === true) return "is marked as not closed in the file";
  if (lies(options.now)) return `closes only at ${formatTime(closesAt)}`;
  if (lies(options.writtenAt)) {
    return `was still forming when the file was written, ${formatTime(options.writtenAt ?? 0)}`;
  }
  const volume = bars.volume[last] as number;
  const before = Array.from(bars.volume.subarray(Math.max(0, last - VOLUME_SAMPLE), last))
    .filter((value) => value > 0)
    .sort((a, b) => a - b);
  const [smallest, median] = [before[0], before[before.length >> 1]];
  if (before.length < VOLUME_SAMPLE_MIN || smallest === undefined || median === undefined)
    return null;
  const isPartial =
    volume > 0 && volume < smallest * PARTIAL_OF_SMALLEST && volume < median * PARTIAL_OF_MEDIAN;
  if (!isPartial) return null;
  const share = ((volume / median) * 100).toPrecision(2);
  return `has ${share} % of the usual volume, so the file was probably downloaded inside it`;
}

/** A month closes when the next begins, whether it is stamped on its first day or on its last. */
function closeOf(time: number, intervalMs: number): number {
  if (intervalMs !== MONTH_MS) return time + intervalMs;
  return floorToMonth(floorToMonth(time) + 32 * DAY_MS);
}

function checkFuture(bars: BarColumns, now: number | undefined): Finding[] {
  if (now === undefined) return [];
  const tally = new Tally();
  for (let index = bars.length - 1; index >= 0; index--) {
    const time = bars.time[index] as number;
    if (!(time > now)) break;
    tally.add(time, index, () => `${formatTime(time)} has not begun`);
  }
  if (tally.count === 0) return [];
  const monthly = bars.intervalMs === MONTH_MS;
  if (monthly && tally.count === 1) return [];
  return [
    {
      code: "future",
      severity: "warning",
      count: tally.count,
      first: tally.first.reverse(),
      message: `${tally.count} ${formatInterval(bars.intervalMs)} bars lie in the future: check the clock of this machine and the time zone of the file`,
    },
  ];
}

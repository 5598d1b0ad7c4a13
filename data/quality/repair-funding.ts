/**
 * What an import changes about funding rates. Always: of two equal rates within one minute the first is kept, since a
 * rate twice would be paid twice. Only when asked to repair: rates that are no numbers are dropped, and of two
 * different rates for one time the later one in the file is kept. Stamps stay as the venue wrote them.
 */
import type { ParsedFunding } from "#data/import/parsed-series.ts";
import type { FundingColumns } from "#engine/market/bars.ts";
import { SAME_STAMP_MS } from "./check-funding.ts";
import type { FindingCode } from "./finding.ts";
import type { Change } from "./repair.ts";
import { formatTime } from "./wording.ts";

export interface FundingValues {
  readonly time: number;
  readonly rate: number;
}

export interface RepairedFunding {
  readonly funding: FundingColumns;
  readonly changes: readonly Change<FundingValues>[];
}

export function repairFunding(parsed: ParsedFunding, which: "same" | "all"): RepairedFunding {
  const { funding } = parsed;
  const changes: Change<FundingValues>[] = [];
  const kept: number[] = [];
  const drop = (index: number, code: FindingCode, why: string): void => {
    const time = funding.time[index] as number;
    const before = { time, rate: funding.rate[index] as number };
    const message = `Dropped the rate ${before.rate} of ${formatTime(time)}, ${parsed.where(index)}: ${why}`;
    changes.push({ code, time, before, after: null, message });
  };
  for (let index = 0; index < funding.length; index++) {
    if (which === "all" && !Number.isFinite(funding.rate[index])) {
      drop(index, "notFinite", "it is missing or no number");
      continue;
    }
    const last = kept.at(-1);
    const isRepeat =
      last !== undefined &&
      (funding.time[index] as number) - (funding.time[last] as number) < SAME_STAMP_MS;
    if (!isRepeat || last === undefined) {
      kept.push(index);
    } else if (Object.is(funding.rate[last], funding.rate[index])) {
      drop(index, "duplicate", "it stands in the file twice");
    } else if (which === "all") {
      const isLater = parsed.fileOrder(index) > parsed.fileOrder(last);
      const why = "another rate of this time stands later in the file";
      drop(isLater ? last : index, "conflictingDuplicate", why);
      if (isLater) kept[kept.length - 1] = index;
    } else {
      kept.push(index);
    }
  }
  if (changes.length === 0) return { funding, changes };
  return {
    funding: {
      length: kept.length,
      time: Float64Array.from(kept, (index) => funding.time[index] as number),
      rate: Float64Array.from(kept, (index) => funding.rate[index] as number),
    },
    changes,
  };
}

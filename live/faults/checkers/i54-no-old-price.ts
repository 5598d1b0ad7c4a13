import type { CheckerTerms } from "./checker.ts";
import { numberOf } from "./seen-record.ts";
import type { TargetView } from "./target-view.ts";

/** I54: a price that is not newer than the last by the venue's time is no price, by stream or by request. */
export const noOldPrice: CheckerTerms = {
  invariant: "I54",
  make: (_run, tell) => {
    const newest = new Map<string, number>();
    /** What risk and the strategies see, after the last record. */
    const seen = new Map<string, string>();
    return {
      onRecord: (record) => {
        const { kind, target, isReplay } = record;
        if (kind === "started") {
          for (let index = 0; index < target.slots.length; index++)
            newest.delete(keyOf(target, index));
        }
        const symbol = numberOf(record, "symbol", 0);
        const key = keyOf(target, symbol);
        const before = newest.get(key) ?? Number.NEGATIVE_INFINITY;
        const asOf = numberOf(record, "asOf", 0);
        if (kind === "lastPrice") newest.set(key, Math.max(before, asOf));
        const { engine } = target;
        if (engine === null || isReplay) return;
        const now = `${engine.desk.lastPrices[symbol]} of ${engine.risk.priceAsOf[symbol]}`;
        if (kind === "lastPrice" && asOf <= before && (seen.get(key) ?? now) !== now) {
          tell(`A price of ${asOf} is none after one of ${before}: ${seen.get(key)} became ${now}`);
        }
        for (let index = 0; index < target.slots.length; index++) {
          const text = `${engine.desk.lastPrices[index]} of ${engine.risk.priceAsOf[index]}`;
          seen.set(keyOf(target, index), text);
        }
      },
    };
  },
};

function keyOf({ key }: TargetView, index: number): string {
  return `${key} ${index}`;
}

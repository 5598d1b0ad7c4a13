import type { CheckerTerms } from "./checker.ts";
import { numberOf } from "./seen-record.ts";
import type { TargetView } from "./target-view.ts";

/** A clock of a venue that is further off than this halts entries. */
const APART_MS = 600_000;

/** What risk and the strategies see. */
interface SeenPrice {
  readonly price: number;
  /** When it was made, epoch ms by the engine's clock; NaN before the first price. */
  readonly asOf: number;
}

/**
 * I54: a price that is not newer than the last by the venue's time is no price: by stream, by request, as the close of a
 * candle that came late or as the price of an execution that is told long after it happened.
 */
export const noOldPrice: CheckerTerms = {
  invariant: "I54",
  make: (_run, tell) => {
    const newest = new Map<string, number>();
    /** After the last record of each account. */
    const seen = new Map<string, SeenPrice>();
    return {
      onRecord: (record) => {
        const { kind, target, isReplay } = record;
        const { engine } = target;
        for (let index = 0; index < target.slots.length; index++) {
          const key = `${target.key} ${index}`;
          if (kind === "started") {
            newest.delete(key);
            seen.delete(key);
          }
          const before = newest.get(key) ?? Number.NEGATIVE_INFINITY;
          const isTold = kind === "lastPrice" && numberOf(record, "symbol", 0) === index;
          const asOf = numberOf(record, "asOf", 0);
          if (isTold) newest.set(key, Math.max(before, asOf));
          if (engine === null || isReplay) continue;
          const now = priceOf(target, index);
          const last = seen.get(key) ?? now;
          if (now.asOf < last.asOf) tell(`A price stays until there is a newer one: ${change()}`);
          // A candle that nobody decides on may have told a newer one meanwhile.
          const isCandle = now.asOf > last.asOf && isClose(target, index, now);
          if (isTold && asOf <= before && now.price !== last.price && !isCandle)
            tell(`A price of ${asOf} is none after one of ${before}: ${change()}`);
          seen.set(key, now);
          function change(): string {
            return `${last.price} of ${last.asOf} became ${now.price} of ${now.asOf}`;
          }
        }
      },
    };
  },
};

function priceOf({ engine }: TargetView, index: number): SeenPrice {
  return {
    price: engine?.desk.lastPrices[index] ?? Number.NaN,
    asOf: engine?.risk.priceAsOf[index] ?? Number.NaN,
  };
}

/** Whether it is the close of a candle that the account has, as far as two clocks may be apart. */
function isClose(
  { driver, slots }: TargetView,
  index: number,
  { price, asOf }: SeenPrice,
): boolean {
  const bars = driver?.made.bars.get(slots[index]?.symbol ?? "");
  for (let row = (bars?.length ?? 0) - 1; row >= 0; row--) {
    const closedAt = (bars?.time[row] ?? 0) + (bars?.intervalMs ?? 0);
    if (closedAt < asOf - APART_MS) return false;
    if (closedAt <= asOf + APART_MS && bars?.close[row] === price) return true;
  }
  return false;
}

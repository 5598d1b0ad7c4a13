import type { CheckerTerms } from "./checker.ts";
import { numberOf } from "./seen-record.ts";
import type { TargetView } from "./target-view.ts";

/** I54: a price that is not newer than the last by the venue's time is no price, by stream or by request. */
export const noOldPrice: CheckerTerms = {
  invariant: "I54",
  make: (_run, tell) => {
    const newest = new Map<TargetView, Map<number, number>>();
    return {
      onRecord: (record) => {
        const { kind, target, isReplay } = record;
        if (kind === "started") newest.delete(target);
        const known = newest.get(target) ?? new Map<number, number>();
        newest.set(target, known);
        if (kind !== "lastPrice") return;
        const symbol = numberOf(record, "symbol", 0);
        const [price, asOf] = [numberOf(record, "price", 0), numberOf(record, "asOf", 0)];
        const before = known.get(symbol) ?? Number.NEGATIVE_INFINITY;
        known.set(symbol, Math.max(before, asOf));
        const engine = isReplay ? null : target.engine;
        const held = engine?.aged?.positions.recordOf(symbol) ?? null;
        if (engine === null || asOf > before) return;
        const taken = engine.risk.priceAsOf[symbol] as number;
        if (taken === asOf && before > asOf) {
          tell(`A price of ${asOf} is none after one of ${before}: ${price} is taken`);
        }
        const told = record.step?.control?.aged?.held.find((one) => one.symbol === symbol);
        if (held !== null && told !== undefined) {
          tell(`A price of ${asOf} is none after one of ${before}: it moved an aged position`);
        }
      },
    };
  },
};

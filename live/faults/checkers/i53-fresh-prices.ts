import type { CheckerTerms } from "./checker.ts";
import { numberOf } from "./seen-record.ts";

/**
 * I53: under a limit for the age of prices nothing is sent that opens on an older one, by when the venue made it: what it
 * stamped, on the engine's clock.
 */
export const freshPrices: CheckerTerms = {
  invariant: "I53",
  make: (_run, tell) => {
    /** When the newest price was made, by target and index. */
    const prices = new Map<string, number>();
    return {
      onRecord: (record) => {
        const { kind, target, requests, at, isReplay } = record;
        const symbol = numberOf(record, "symbol", 0);
        const see = (index: number, time: number): void => {
          const key = `${target.key} ${index}`;
          prices.set(key, Math.max(time, prices.get(key) ?? 0));
        };
        if (kind === "lastPrice" || kind === "barClosed") see(symbol, numberOf(record, "asOf", 0));
        const seconds = isReplay ? undefined : target.engine?.risk.limits.maxPriceAgeSeconds;
        if (seconds === undefined) return;
        for (const request of requests) {
          const order = target.orders.get(request.order);
          if (request.kind !== "place" || request.reduceOnly || order === undefined) continue;
          const age =
            at - (prices.get(`${target.key} ${order.symbol}`) ?? Number.NEGATIVE_INFINITY);
          if (age > seconds * 1_000) {
            tell(
              `Prices are at most ${seconds} s old: ${request.requestId} is sent on one of ${age} ms`,
            );
          }
        }
      },
    };
  },
};

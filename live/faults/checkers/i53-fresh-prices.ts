import { RECORD } from "#engine/records/record-log.ts";
import type { CheckerTerms } from "./checker.ts";
import { numberOf, type SeenRecord } from "./seen-record.ts";
import type { TargetView } from "./target-view.ts";

/** I53: under a limit for the age of prices nothing is sent that opens on an older one, by the venue's time of it. */
export const freshPrices: CheckerTerms = {
  invariant: "I53",
  make: (_run, tell) => {
    /** The newest price by venue time, by target and index. */
    const prices = new Map<string, number>();
    return {
      onRecord: (record) => {
        const { kind, target, requests, at, rows, isReplay } = record;
        const symbol = numberOf(record, "symbol", 0);
        const see = (index: number, time: number): void => {
          const key = `${target.key} ${index}`;
          prices.set(key, Math.max(time, prices.get(key) ?? 0));
        };
        if (kind === "lastPrice") see(symbol, numberOf(record, "asOf", 0));
        if (kind === "barClosed" && !isReplay) see(symbol, closeOf(target, record));
        for (const { values } of rows)
          if (values[0] === RECORD.fill || values[0] === RECORD.external)
            see(values[2] as number, numberOf(record, "asOf", at));
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

/** When a candle closed by the venue's clock, whenever it came, in the engine's time. */
function closeOf({ driver, slots }: TargetView, record: SeenRecord): number {
  const name = slots[numberOf(record, "series", 0)]?.symbol ?? "";
  const bars = driver?.made.bars.get(name);
  const openAt = bars?.time[numberOf(record, "index", 0)] ?? 0;
  return openAt + (bars?.intervalMs ?? 0);
}

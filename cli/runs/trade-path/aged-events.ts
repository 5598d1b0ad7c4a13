import type { AgedResult, AgedTransition } from "#engine/result/aged-result.ts";
import { priceText } from "./price-text.ts";
import type { TradeEvent, TradePath } from "./trade-path.ts";

/** What the aged rules saw at a step: prices in quote units, percent of the entry, hours since it was too old. */
export interface AgedDetails {
  readonly from: string | null;
  readonly to: string;
  readonly price: number | null;
  readonly target: number | null;
  readonly tolerancePct: number;
  readonly hours: number;
}

/** A trade's path with the transitions of the aged rules in it: each before what was decided at its time. */
export function withAgedEvents(path: TradePath, aged: AgedResult | undefined): TradePath {
  const position = aged?.positions.find(({ tradeId }) => tradeId === path.id);
  if (aged === undefined || position === undefined) return path;
  const events = [...path.events];
  for (const row of aged.history) {
    if (row.position !== position.id) continue;
    const event = agedEvent(row);
    // The end comes last; what else happens at its time led to it.
    const at =
      row.to === "closed"
        ? events.length - 1
        : events.findIndex(
            (one) => one.time > event.time || (one.time === event.time && one.event !== "aged"),
          );
    events.splice(at < 0 ? events.length - 1 : at, 0, event);
  }
  return { ...path, events };
}

function agedEvent(row: AgedTransition): TradeEvent {
  const { from, to, reason, price, target, tolerancePct, hours } = row;
  return {
    time: new Date(row.time).toISOString(),
    event: "aged",
    order: null,
    says: agedText(row),
    reason,
    aged: { from, to, price, target, tolerancePct, hours },
  };
}

function agedText({ to, reason, price, target, tolerancePct, hours }: AgedTransition): string {
  const levels = [
    `${hours.toFixed(2)} h too old`,
    ...(price === null ? [] : [`price ${priceText(price)}`]),
    ...(target === null ? [] : [`target ${priceText(target)}`]),
    ...(tolerancePct > 0 ? [`${Number(tolerancePct.toFixed(4))} % tolerated`] : []),
  ];
  return `${to} (${reason}): ${levels.join(", ")}`;
}

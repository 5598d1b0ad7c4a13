import { isRiskReject, REJECT, type RejectName } from "#engine/model/order-terms.ts";
import type { RunResult, Trade } from "#engine/result/run-result.ts";
import type { FirstOf } from "#reports/diagnostics/lint-subject.ts";
import { place } from "#reports/diagnostics/place.ts";
import type { RefusedEntry } from "#reports/diagnostics/record-notes.ts";
import type { Finding, Rule } from "#reports/diagnostics/rule.ts";

/**
 * Entries that the venue refused for lack of margin while a position of another symbol held some, be it opened at
 * that very time: in another order of the symbols, or with another share for each, the run would have been another.
 * An account that is too small for one symbol alone has `orders-rejected`, not this.
 */
export const capitalContention: Rule = ({ run, refusedEntries }) => {
  if (run.symbols.length < 2 || refusedEntries.length === 0) return [];
  const holders = new Holders(run);
  let count = 0;
  let first: { readonly entry: RefusedEntry; readonly holder: Trade } | null = null;
  for (const entry of refusedEntries) {
    const holder = holders.at(entry);
    if (holder === null) continue;
    count += 1;
    first ??= { entry, holder };
  }
  if (first === null) return [];
  const { entry, holder } = first;
  const message = `Entries found no margin because another symbol held it, first ${place(entry.time, entry.symbol)} (${holder.symbol} trade ${holder.id} was open)`;
  return [{ code: "capital-contention", message, count }];
};

/** Who holds a position at a time; asked in order of time. */
class Holders {
  readonly #byOpening: readonly Trade[];
  #open: Trade[] = [];
  #next = 0;

  constructor(run: RunResult) {
    this.#byOpening = [...run.trades, ...run.openTrades].sort(
      (a, b) => a.openedAt - b.openedAt || a.id - b.id,
    );
  }

  /** A trade of another symbol that was open when an entry was refused. */
  at({ time, symbol }: RefusedEntry): Trade | null {
    for (; this.#next < this.#byOpening.length; this.#next++) {
      const trade = this.#byOpening[this.#next] as Trade;
      if (trade.openedAt > time) break;
      this.#open.push(trade);
    }
    this.#open = this.#open.filter(({ closedAt }) => closedAt === null || closedAt > time);
    return this.#open.find((trade) => trade.symbol !== symbol) ?? null;
  }
}

/** One finding per reason, of a venue's refusals and of those by the account's own limits. */
export const ordersRejected: Rule = ({ run, rejections }) =>
  Object.entries(run.totals.orders.rejected).map(([reason, count]): Finding => {
    const where = firstOf(rejections.get(reason));
    if (isRiskReject(REJECT[reason as RejectName])) {
      const message = `Orders were refused by the account's limits: ${reason}${where}`;
      return { code: "refused-by-risk", message, count };
    }
    return { code: "orders-rejected", message: `Orders were rejected: ${reason}${where}`, count };
  });

function firstOf(first: FirstOf | undefined): string {
  return first === undefined ? "" : `, first ${place(first.time, first.symbol)}`;
}

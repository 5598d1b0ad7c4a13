import { AGED_DEFAULTS } from "#engine/aged/aged-config.ts";
import { PURPOSE } from "#engine/model/order-terms.ts";
import { isTerminal, STATUS } from "#engine/orders/order-status.ts";
import { agedHeldIn, agedRowsOf } from "./aged-story.ts";
import type { CheckerTerms } from "./checker.ts";

/** Orders of one close campaign. */
interface Campaign {
  openedAt: number;
  sent: number;
  /** The engine's time of the last send, and of its end. */
  sentAt: number;
  order: number;
}

/**
 * I30: a campaign makes at most three attempts, each after the one before has ended and a pause that doubles, for no more
 * than what is held.
 */
export const retries: CheckerTerms = {
  invariant: "I30",
  make: (_run, tell) => {
    const { closeAttempts, closeBackoffSeconds } = AGED_DEFAULTS;
    const campaigns = new Map<string, Campaign>();
    return {
      onRecord: (record) => {
        const { target, requests, orders, at } = record;
        for (const { key, symbol, status, openedAt } of agedRowsOf(record)) {
          // Re-armed, or another position.
          if (status === "detected") {
            campaigns.set(`${target.key} ${symbol}`, {
              openedAt,
              sent: 0,
              sentAt: Number.NEGATIVE_INFINITY,
              order: -1,
            });
          }
          if (status === "closed") campaigns.delete(key.slice(0, key.lastIndexOf(" ")));
        }
        for (const { attempts, symbol } of agedHeldIn(record) ?? []) {
          if (attempts <= closeAttempts) continue;
          tell(`At most ${closeAttempts} attempts: ${target.key} ${symbol} has ${attempts}`);
        }
        for (const { before, after } of orders) {
          const isNew = before === null && after.status !== STATUS.planned;
          if (after.purpose !== PURPOSE.aged || !isNew) continue;
          const campaign = campaigns.get(`${target.key} ${after.symbol}`);
          const isSent = requests.some(
            ({ order, kind }) => order === after.requestId && kind === "place",
          );
          if (campaign === undefined || !isSent) continue;
          const what = `order ${after.requestId} of ${target.key} ${after.symbol}`;
          const last = target.orders.get(campaign.order);
          if (last !== undefined && !isTerminal(last.status)) {
            tell(`An attempt follows the end of the last: ${what} while ${campaign.order} works`);
          }
          const pause = campaign.sent === 0 ? 0 : closeBackoffSeconds * 1_000;
          if (at < campaign.sentAt + pause) {
            tell(`Attempts pause ${pause} ms: ${what} at ${at} after ${campaign.sentAt}`);
          }
          const held = Math.abs(target.lots[after.symbol] ?? 0);
          if (after.qtyLots > held)
            tell(`What is held is closed: ${what} is for ${after.qtyLots} of ${held}`);
          campaign.sent += 1;
          campaign.sentAt = at;
          campaign.order = after.requestId;
        }
      },
    };
  },
};

import { isTerminal, STATUS, statusName } from "#engine/orders/order-status.ts";
import { AbsenceProof } from "./absence-proof.ts";
import type { CheckerTerms } from "./checker.ts";
import { NewOrders } from "./new-orders.ts";
import { numberOf, type OrderChange, type SeenRecord } from "./seen-record.ts";

/** What names an order and proves something of it. */
const EVIDENCE: ReadonlySet<string> = new Set([
  "orderAccepted",
  "orderRejected",
  "orderTriggered",
  "orderAmended",
  "orderPartiallyFilled",
  "orderFilled",
  "orderCancelled",
  "orderExpired",
  "orderFoundOpen",
]);

/**
 * I4: an unknown outcome ends by evidence alone: news that names the order, a cut, or the proof that it is nowhere. And
 * the venue has nothing that lives, nor takes anything later, of an order that has ended here; it has none at all that
 * counts as never accepted.
 */
export const unknownStaysUnknown: CheckerTerms = {
  invariant: "I4",
  make: (run, tell) => {
    const proof = new AbsenceProof();
    const news = new NewOrders(run.targets, "now");
    const incomplete = new Map<string, boolean>();
    return {
      onRecord: (record) => {
        proof.onLookup(record);
        for (const change of record.orders) judge(record, change, proof, tell);
        proof.onRecord(record);
      },
      onCallback: () => {
        for (const { target, order } of news.take()) {
          const place = target.places.get(order.terms.clientId);
          const known = target.orders.get(place?.record.order ?? -1);
          if (known === undefined || known.attempt !== place?.record.attempt) continue;
          if (!isTerminal(known.status)) continue;
          tell(
            `The venue takes nothing of an order that has ended here: it took "${order.terms.clientId}", ` +
              `which is ${statusName(known.status)}`,
          );
        }
      },
      onAnswer: ({ target, ask, answer }) => {
        if (ask.kind !== "lookup") return;
        const key = `${target.key} ${ask.clientId}`;
        const before = ask.where !== "open" && incomplete.get(key) === true;
        const { kind } = answer;
        const isTold = kind === "notFound" || kind === "foundOrder" || kind === "foundExecutions";
        incomplete.set(key, before || !isTold);
      },
      onHandled: ({ target, ask }, records) => {
        if (ask.kind !== "lookup" || incomplete.get(`${target.key} ${ask.clientId}`) !== true) {
          return;
        }
        if (!records.some(({ kind }) => kind === "orderNotFound")) return;
        tell(`A look-up without all answers proves nothing: "${ask.clientId}" is told as absent`);
      },
    };
  },
};

function judge(
  record: SeenRecord,
  { before, after }: OrderChange,
  proof: AbsenceProof,
  tell: (message: string) => void,
): void {
  const { kind, target } = record;
  const from = before?.status ?? STATUS.planned;
  const order = after.requestId;
  const named = numberOf(record, "requestId", 0) === order;
  const isProven = kind === "orderNotFound" && named && proof.isProven(target.key, order);
  const hasEnded = isTerminal(after.status) && !isTerminal(from) && from !== STATUS.planned;
  const isEvidence = (EVIDENCE.has(kind) && named) || kind === "snapshot" || isProven;
  const what = `order ${order} from ${statusName(from)} to ${statusName(after.status)} by ${kind}`;
  const hasLeftUnknown = from === STATUS.unknown && after.status !== STATUS.unknown;
  if ((hasLeftUnknown || hasEnded) && !isEvidence) tell(`Evidence moves an order: ${what}`);
  if (!hasEnded || record.isReplay) return;
  for (const clientId of target.attempts.get(order) ?? []) {
    const there = target.trueOrder(clientId);
    if (there?.isLive === true) tell(`What has ended here has ended there: ${what}, "${clientId}"`);
    if (after.status === STATUS.rejected && there?.isTaken === true && !isRefusedLate(there)) {
      tell(`What was taken is not rejected: ${what}, "${clientId}" is ${there.status}`);
    }
  }
}

/** Acknowledged, taken, and refused by the matcher at once. */
function isRefusedLate({ status, filledLots }: { status: string; filledLots: number }): boolean {
  return status === "rejected" && filledLots === 0;
}

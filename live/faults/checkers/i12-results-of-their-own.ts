import { must } from "#engine/assert.ts";
import type { Answer } from "#live/ports/venue-port.ts";
import type { CheckerTerms } from "./checker.ts";
import { numberOf } from "./seen-record.ts";

/** What the news of an answer to a place is, and of one to a change. */
const NEWS: Readonly<Partial<Record<Answer["kind"], readonly [place: string, change: string]>>> = {
  accepted: ["orderAccepted", "commandAccepted"],
  rejected: ["orderRejected", "commandRejected"],
  unknown: ["unknownOutcome", "unknownOutcome"],
};

/** I12: each request of a batch follows its own answer; one without a result is unknown. */
export const resultsOfTheirOwn: CheckerTerms = {
  invariant: "I12",
  make: (run, tell) => ({
    onHandled: ({ target, ask, answer }, records) => {
      if (ask.kind !== "place" && ask.kind !== "amend" && ask.kind !== "cancel") return;
      if (!run.world.process.isAlive || target.driver === null) return;
      const isPlace = ask.kind === "place";
      const isNotSent = answer.kind === "refusedForNow" && answer.cause === "notSent";
      const kind =
        answer.kind === "refusedForNow" ? (isNotSent ? "rejected" : "unknown") : answer.kind;
      const [place, change] = must(NEWS[kind], "A request that changes something is answered so");
      const expected = isPlace ? place : change;
      const order = target.places.get(ask.clientId)?.record.order;
      // The end of an order that was forgotten or never ours is told under the name that was asked.
      if (order === undefined) return;
      // Nobody asks any more what became of an attempt that is proven never accepted.
      if (target.attempts.get(order)?.at(-1) !== ask.clientId) return;
      const told = records.filter(({ step }) => step !== null);
      const isTold = told.some(
        (record) => record.kind === expected && numberOf(record, "requestId", 0) === order,
      );
      if (isTold) return;
      const names = told.map((record) => `${record.kind} of ${numberOf(record, "requestId", 0)}`);
      tell(
        `"${answer.kind}" of order ${order} is told as ${expected}: told was ${names.join(", ")}`,
      );
    },
  }),
};

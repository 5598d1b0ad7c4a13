import type { CheckerTerms } from "./checker.ts";

/** I17: a cut of which a page could not be read is no cut, and a cut that failed changes nothing. */
export const missingIsNotFlat: CheckerTerms = {
  invariant: "I17",
  make: (run, tell) => ({
    onRecord: ({ kind, step, orders, rows, seq }) => {
      if (kind !== "snapshotFailed") return;
      const changes = [
        (step?.notes?.length ?? 0) > 0 ? "rows or findings" : "",
        orders.length > 0 ? "orders" : "",
        rows.length > 0 ? "books" : "",
      ].filter((what) => what !== "");
      if (changes.length > 0) {
        tell(`A failed cut changes nothing: record ${seq} changes ${changes.join(", ")}`);
      }
    },
    onHandled: ({ target, ask, answer }, records) => {
      if (ask.kind !== "page" || answer.kind === "page") return;
      if (!run.world.process.isAlive || target.driver === null) return;
      const kinds = records.map(({ kind }) => kind).filter((kind) => kind !== "banned");
      if (kinds.length === 1 && kinds[0] === "snapshotFailed") return;
      tell(
        `The cut fails with its page: the ${ask.of} of ${target.key} were "${answer.kind}", ` +
          `and the records are [${kinds.join(", ")}]`,
      );
    },
  }),
};

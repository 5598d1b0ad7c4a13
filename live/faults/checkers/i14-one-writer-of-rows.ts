import type { ActivePosition, RowChange } from "#engine/reconcile/active-positions.ts";
import { positionKey } from "#engine/reconcile/findings.ts";
import type { StartRecord } from "#live/steps/fold-steps.ts";
import type { CheckerTerms } from "./checker.ts";
import type { TargetView } from "./target-view.ts";

type Rows = Map<string, ActivePosition>;

/** I14: rows of `active_positions` change in records of a cut, by the actor `reconcile`; nothing else changes them. */
export const oneWriterOfRows: CheckerTerms = {
  invariant: "I14",
  make: (run, tell) => {
    const tables = new Map<TargetView, Rows>(run.targets.map((target) => [target, new Map()]));
    const compare = (target: TargetView): void => {
      const rows = tables.get(target) as Rows;
      const there = target.engine?.reconcile?.positions() ?? [];
      // Copies: who writes into a row is found, too.
      const isSame =
        there.length === rows.size &&
        there.every((row) => {
          const told = rows.get(positionKey(row.symbol, row.slot));
          return told !== undefined && isSameRow(told, row);
        });
      if (isSame) return;
      tell(
        `The rows of ${target.key} are those of the records: ${JSON.stringify(there)} instead of ` +
          JSON.stringify([...rows.values()]),
      );
    };
    return {
      onRecord: ({ kind, target, data, step, isReplay }) => {
        const rows = tables.get(target) as Rows;
        if (kind === "started") {
          const { positions } = data as StartRecord;
          rows.clear();
          for (const row of positions) rows.set(positionKey(row.symbol, row.slot), { ...row });
          return;
        }
        const changes = (step?.notes ?? []).filter((note): note is RowChange => "row" in note);
        for (const change of changes) {
          if (change.actor !== "reconcile" || kind !== "snapshot") {
            tell(`Rows change by reconcile and a cut: one did by ${change.actor} and ${kind}`);
          }
          const key = positionKey(change.symbol, change.slot);
          if (change.row === null) rows.delete(key);
          else rows.set(key, { ...change.row });
        }
        if (!isReplay) compare(target);
      },
    };
  },
};

function isSameRow(one: ActivePosition, other: ActivePosition): boolean {
  return (
    one.size === other.size &&
    one.side === other.side &&
    one.entryPrice === other.entryPrice &&
    one.isUntracked === other.isUntracked &&
    one.updatedAt === other.updatedAt
  );
}

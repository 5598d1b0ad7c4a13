import { type AgedRow, agedHeldIn, agedRowsOf } from "./aged-story.ts";
import type { CheckerTerms } from "./checker.ts";

/**
 * I28: rows of one aged position are numbered without a hole, its state is its last row, told in the same record, and a
 * place has at most one that is not closed.
 */
export const history: CheckerTerms = {
  invariant: "I28",
  make: (_run, tell) => {
    const last = new Map<string, AgedRow>();
    return {
      onRecord: (record) => {
        const { target } = record;
        for (const row of agedRowsOf(record)) {
          const before = last.get(row.key)?.seq ?? 0;
          if (row.seq !== before + 1) {
            tell(`Rows have no hole: ${row.key} has ${row.seq} after ${before}`);
          }
          if (before === 0) {
            const open = [...last.values()].find(
              (one) =>
                one.symbol === row.symbol &&
                one.key.startsWith(`${target.key} `) &&
                one.status !== "closed",
            );
            if (open !== undefined)
              tell(`A place has one aged position: ${row.key} beside ${open.key}`);
          }
          last.set(row.key, row);
        }
        const held = agedHeldIn(record);
        if (held === null) return;
        for (const { symbol, openedAt, seq, status } of held) {
          const row = last.get(`${target.key} ${symbol} ${openedAt}`);
          if (row?.seq === seq && row.status === status) continue;
          tell(
            `The state is the last row: ${target.key} ${symbol} is ${status} (${seq}), ` +
              `the row ${row?.status ?? "missing"} (${row?.seq ?? 0})`,
          );
        }
        for (const row of last.values()) {
          if (row.status === "closed" || !row.key.startsWith(`${target.key} `)) continue;
          const isHeld = held.some(
            (one) => one.symbol === row.symbol && one.openedAt === row.openedAt,
          );
          if (!isHeld)
            tell(`What is not closed is held: ${row.key} is ${row.status} and forgotten`);
        }
      },
    };
  },
};

import { type Fields, numberProblem, shown } from "#cli/scenario/fields.ts";
import type { ExitRules } from "#engine/rules/exit-rules.ts";

const KEYS = ["stopLossPct", "takeProfitPct", "roi", "trailing", "maxBars", "aged"];

/** The exit rules of a scenario. */
export function readRules(fields: Fields): ExitRules {
  const own = fields.child("rules", KEYS);
  if (own === null) return {};
  if (own.has("aged")) own.add("aged", "is not simulated yet", "Leave the aged rules out");
  const trailing = own.child("trailing", ["pct", "offsetPct", "onlyAfterOffset"]);
  const pct = trailing?.number("pct", { above: 0, max: 100 });
  if (trailing !== null && !trailing.has("pct")) trailing.add("pct", "is missing");
  return {
    stopLossPct: own.number("stopLossPct", { above: 0 }),
    takeProfitPct: own.number("takeProfitPct", { above: 0 }),
    roi: readRoi(own),
    trailing:
      trailing === null || pct === undefined
        ? undefined
        : {
            pct,
            offsetPct: trailing.number("offsetPct", { min: 0 }),
            onlyAfterOffset: trailing.flag("onlyAfterOffset"),
          },
    maxBars: own.number("maxBars", { min: 1, integer: true }),
  };
}

/** Minutes held → profit percent that suffices. */
function readRoi(own: Fields): Readonly<Record<string, number>> | undefined {
  const table = own.child("roi", null);
  if (table === null) return undefined;
  for (const key of table.keys) {
    if (!/^\d+(\.\d+)?$/.test(key)) {
      own.problems.add(table.at(key), "must be minutes held, such as 120");
      continue;
    }
    const wanted = numberProblem(table.raw(key), { min: -100 });
    if (wanted !== null) {
      table.add(
        key,
        `must be ${wanted}, the profit percent that suffices, not ${shown(table.raw(key))}`,
      );
    }
  }
  return Object.fromEntries(table.keys.map((key) => [key, table.raw(key) as number]));
}

import * as fc from "fast-check";
import { test } from "vitest";
import { play, randomRun } from "#sim/testing/random-run.ts";
import { backtestResult } from "#sim/backtest-result.ts";
import { RECORD } from "#engine/records/record-log.ts";
test("stats", () => {
  const c: Record<string, number> = {};
  const add = (k: string, n = 1) => { c[k] = (c[k] ?? 0) + n; };
  for (const run of fc.sample(randomRun(3), { numRuns: 500, seed: 5 })) {
    const { backtest, records } = play(run);
    const r = backtestResult(backtest);
    add("runs"); add("fills", r.fills.length); add("trades", r.trades.length); add("liq", r.totals.liquidations);
    add("partial", r.totals.orders.partial); add("placed", r.totals.orders.placed); add("cancelled", r.totals.orders.cancelled);
    for (const [k, n] of Object.entries(r.totals.orders.rejected)) add("rej " + k, n);
    for (const t of r.trades) add("exit " + t.exitReason);
    if (r.totals.funding !== 0) add("funded runs");
    add("ambiguous", r.band.ambiguousBars);
    for (const row of records.rows) add("rec " + Object.entries(RECORD).find(([, v]) => v === row[0])?.[0]);
    const neg = Math.min(...r.equity.equity); if (neg < 0) add("negative equity runs");
    for (const f of r.fills) add("liquidity " + f.liquidity);
  }
  console.log(c);
});

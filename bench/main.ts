import "#cli/engine-flags.ts";

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import type { BarColumns } from "#engine/market/bars.ts";
import { benchCommandLine } from "./command-line.bench.ts";
import { benchLoop, benchSmaCross } from "./loop.bench.ts";
import { benchMarket } from "./market.bench.ts";
import { benchColdLoad, benchWarmLoad } from "./market-load.bench.ts";
import { type BenchRow, printRow, scanNs } from "./measure.ts";
import { benchOrders } from "./orders.bench.ts";

/**
 * `npm run bench`: the performance budget as figures, each with its ratio to a raw scan of the same columns in the
 * same process, so that a slow machine shows in both. Every group has a process of its own, as every run of drydock
 * has: what the compiler learnt of one strategy would slow the next one down. Nothing here is asserted: the bars
 * stand beside the figures. `npm run bench -- orders` measures one group.
 */
const GROUPS: Readonly<Record<string, (market: BarColumns) => Promise<readonly BenchRow[]>>> = {
  loop: benchLoop,
  "sma-cross": benchSmaCross,
  orders: benchOrders,
  "load-cold": benchColdLoad,
  "load-warm": benchWarmLoad,
  cli: benchCommandLine,
};

const [wanted] = process.argv.slice(2);
if (wanted === undefined) {
  for (const name of Object.keys(GROUPS)) {
    const { status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), name], {
      stdio: "inherit",
    });
    if (status !== 0) process.exit(status ?? 1);
  }
} else {
  const group = Object.hasOwn(GROUPS, wanted) ? GROUPS[wanted] : undefined;
  if (group === undefined) {
    throw new Error(`No group "${wanted}": there are ${Object.keys(GROUPS).join(", ")}`);
  }
  const market = benchMarket();
  const scan = scanNs(market);
  for (const row of await group(market)) printRow(row, scan, market.length);
}

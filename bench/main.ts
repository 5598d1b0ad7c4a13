import "#cli/engine-flags.ts";

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import type { BarColumns } from "#engine/market/bars.ts";
import { benchAged } from "./aged.bench.ts";
import { benchCommandLine } from "./command-line.bench.ts";
import { benchControl } from "./control.bench.ts";
import { benchFeatures, measureFeature } from "./features.bench.ts";
import { benchLoop, benchSmaCross } from "./loop.bench.ts";
import { benchMarket } from "./market.bench.ts";
import { benchColdLoad, benchWarmLoad } from "./market-load.bench.ts";
import { type BenchRow, printRow, scanNs } from "./measure.ts";
import { benchOrders } from "./orders.bench.ts";
import { benchReconcile } from "./reconcile.bench.ts";

/**
 * `npm run bench`: the performance budget as figures, each with its ratio to a raw scan of the same columns in the
 * same process, so that a slow machine shows in both, and then what the features of the simulated exchange cost. Every
 * group has a process of its own, as every run of drydock has: what the compiler learnt of one strategy would slow the
 * next one down. Nothing here is asserted: the bars stand beside the figures. `npm run bench -- orders` measures one
 * group.
 */
const GROUPS: Readonly<
  Record<string, (market: BarColumns) => readonly BenchRow[] | Promise<readonly BenchRow[]>>
> = {
  loop: benchLoop,
  "sma-cross": benchSmaCross,
  orders: benchOrders,
  aged: benchAged,
  reconcile: benchReconcile,
  control: benchControl,
  "load-cold": benchColdLoad,
  "load-warm": benchWarmLoad,
  cli: benchCommandLine,
  features: () => benchFeatures((place) => JSON.parse(child("pipe", FEATURE, String(place)))),
};
/** One feature, for the process that compares them. */
const FEATURE = "feature";

const [wanted, place] = process.argv.slice(2);
if (wanted === undefined) {
  for (const name of Object.keys(GROUPS)) child("inherit", name);
} else if (wanted === FEATURE) {
  process.stdout.write(JSON.stringify(measureFeature(Number(place), benchMarket())));
} else {
  const group = Object.hasOwn(GROUPS, wanted) ? GROUPS[wanted] : undefined;
  if (group === undefined) {
    throw new Error(`No group "${wanted}": there are ${Object.keys(GROUPS).join(", ")}`);
  }
  const market = benchMarket();
  const scan = scanNs(market);
  for (const row of await group(market)) printRow(row, scan, market.length);
}

/** Runs this file again and returns what it prints, if that is piped. */
function child(stdout: "inherit" | "pipe", ...words: readonly string[]): string {
  const self = fileURLToPath(import.meta.url);
  const { status, stdout: text } = spawnSync(process.execPath, [self, ...words], {
    stdio: ["ignore", stdout, "inherit"],
    encoding: "utf8",
  });
  if (status !== 0) process.exit(status ?? 1);
  return text ?? "";
}

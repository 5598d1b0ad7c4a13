/**
 * `npm run bench`: the performance budget as figures, each with its ratio to a raw scan of the same columns in this
 * process, so that a slow machine shows in both. Nothing here is asserted: the bars stand beside the figures.
 */
import "#cli/engine-flags.ts";

import { benchCommandLine } from "./command-line.bench.ts";
import { benchLoop } from "./loop.bench.ts";
import { benchMarket } from "./market.bench.ts";
import { benchMarketLoad } from "./market-load.bench.ts";
import { printRow, scanNs } from "./measure.ts";
import { benchOrders } from "./orders.bench.ts";

const market = benchMarket();
const scan = scanNs(market);
process.stdout.write(
  `${market.length.toLocaleString("en-US")} bars; raw scan of 6 columns: ${scan.toFixed(2)} ns/bar\n\n`,
);
for (const row of await benchLoop(market)) printRow(row, scan, market.length);
for (const row of benchOrders(market)) printRow(row, scan, market.length);
for (const row of await benchMarketLoad(market)) printRow(row, scan, market.length);
for (const row of await benchCommandLine(market)) printRow(row, scan, market.length);

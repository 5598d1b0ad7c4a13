import { type BarColumns, sliceBars } from "#engine/market/bars.ts";
import { defineStrategy } from "#engine/strategy/define-strategy.ts";
import { backtestOf } from "./market.bench.ts";
import { type BenchRow, best } from "./measure.ts";

const ROUND_TRIP_NS_MAX = 600;
const BARS = 1_000_000;

/** In and out of the market at every bar: one order, one fill, and a trade with every other one. */
const EVERY_BAR = defineStrategy({
  name: "every-bar",
  description: "",
  onBar(ctx) {
    if (ctx.position.isFlat) ctx.enterLong({ qty: 0.01 });
    else ctx.exit();
  },
});

export async function benchOrders(bars: BarColumns): Promise<readonly BenchRow[]> {
  const part = sliceBars(bars, 0, BARS);
  let orders = 0;
  const ms = best(9, () => {
    const backtest = backtestOf(part, EVERY_BAR);
    backtest.run();
    orders = backtest.engine.ledger.fills.length;
  });
  const perOrder = (ms * 1e6) / orders;
  return [
    {
      work: `order round trip, ${orders.toLocaleString("en-US")} orders, their bars included`,
      ms,
      figure: `${perOrder.toFixed(0)} ns/order`,
      bar: `<= ${ROUND_TRIP_NS_MAX} ns`,
      holds: perOrder <= ROUND_TRIP_NS_MAX,
    },
  ];
}

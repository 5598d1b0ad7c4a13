import { kernelSpec } from "#cli/audit/testing/kernel-spec.ts";
import type { BarColumns } from "#engine/market/bars.ts";
import { defineStrategy, sma } from "#engine/strategy/api.ts";

/** Columns by their place: an indicator that is right hands them out. */
const captured: BarColumns[] = [];
const capture = kernelSpec("capture", () => {
  let isNew = true;
  return (bars, index) => {
    if (isNew) captured.push(bars);
    isNew = false;
    return bars.close[index] as number;
  };
});

/** LEAK: the decision looks into the columns of the other symbol, one bar ahead. */
export const capturedColumns = defineStrategy({
  name: "captured-columns",
  scope: "portfolio",
  symbolCount: 2,
  indicators: () => ({ capture, slow: sma(20) }),
  onBars(ctx) {
    const [first, second] = ctx.symbols;
    const other = captured.at(-1);
    if (first === undefined || second === undefined || other === undefined) return;
    const next = other.close[second.bar.count] ?? Number.NaN;
    if (next > second.bar.close) first.enterLong({ qty: first.size.percentOfEquity(50) });
    else first.exit();
  },
});

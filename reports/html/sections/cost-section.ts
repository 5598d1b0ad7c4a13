import type { ReportInput } from "#reports/html/report-input.ts";
import { toneOf } from "#reports/html/report-text.ts";
import { formatMoney, formatNumber } from "#reports/metrics/format.ts";

/** How price PnL became net profit, step by step. */
export function costSection({ run }: ReportInput): string {
  const { totals } = run;
  const notional = totals.makerNotional + totals.takerNotional;
  const head = `<section id="costs"><h2>From price PnL to net</h2>`;
  if (notional === 0) {
    return `${head}<p class="empty">Nothing was traded, so nothing was paid.</p></section>`;
  }
  const net =
    totals.pricePnl -
    totals.slippage -
    totals.feesMaker -
    totals.feesTaker -
    totals.liqFees +
    totals.funding;
  const steps: readonly (readonly [string, number, boolean])[] = [
    ["Price PnL", totals.pricePnl, true],
    ["Slippage", -totals.slippage, false],
    ["Maker fees", -totals.feesMaker, false],
    ["Taker fees", -totals.feesTaker, false],
    ["Funding", totals.funding, false],
    ["Liquidation fees", -totals.liqFees, false],
    ["Net", net, true],
  ];
  const scale = makeScale(steps);
  let level = 0;
  const rows = steps.map(([label, amount, isTotal]) => {
    const from = isTotal ? 0 : level;
    level = isTotal ? amount : level + amount;
    const left = scale(Math.min(from, level));
    const width = Math.max(0.3, scale(Math.max(from, level)) - left);
    return `<tr${isTotal ? ' class="total"' : ""}><th scope="row">${label}</th><td class="num ${toneOf(amount)}">${formatMoney(amount, "signed")}</td><td class="num">${formatNumber((1e4 * amount) / notional, 2, "signed")}</td><td class="bar" aria-hidden="true"><span class="${toneOf(amount)}" style="left:${left.toFixed(2)}%;width:${width.toFixed(2)}%"></span></td></tr>`;
  });
  return `${head}<div class="scroll"><table class="waterfall"><thead><tr><th scope="col">Step</th><th scope="col" class="num">Money</th><th scope="col" class="num">bps of turnover</th><th scope="col"><span class="hidden">Share</span></th></tr></thead><tbody>${rows.join("")}</tbody></table></div></section>`;
}

/** Maps money to percent of the bar column, zero and every level included, with some room at either end. */
function makeScale(steps: readonly (readonly [string, number, boolean])[]): (x: number) => number {
  let low = 0;
  let high = 0;
  let level = 0;
  for (const [, amount, isTotal] of steps) {
    level = isTotal ? amount : level + amount;
    low = Math.min(low, level);
    high = Math.max(high, level);
  }
  const span = high - low || 1;
  return (x) => 2 + (96 * (x - low)) / span;
}

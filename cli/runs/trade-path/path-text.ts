import type { TextView } from "#cli/command-result.ts";
import type { Table } from "#cli/output/table.ts";
import { formatInterval } from "#engine/market/interval.ts";
import { moneyText, priceText } from "./price-text.ts";
import type { PathBar, TradeEvent, TradePath } from "./trade-path.ts";

const EVENT_WIDTH = 20;

/** A trade as a timeline: what it came to, every step with its bar, and how far the price went. */
export function pathText(path: TradePath, view: TextView): string {
  const { style } = view;
  const lines = [
    style("strong", `trade ${path.id}  ${path.symbol} ${path.side}  ${priceText(path.qty)}`),
    `${path.openedAt} to ${path.closedAt ?? "the end, still open"}, ${path.bars} bars`,
    `entry ${priceText(path.entryPrice)}  exit ${path.exitPrice === null ? "none" : priceText(path.exitPrice)}`,
    `net ${moneyText(path.netPnl)} = gross ${moneyText(path.grossPnl)} - fees ${moneyText(path.fees).replace("+", "")} ${path.funding < 0 ? "-" : "+"} funding ${moneyText(Math.abs(path.funding)).replace("+", "")}  (${moneyText(path.returnPct)} %)`,
    excursionLine("worst", path.excursions.worst),
    excursionLine("best ", path.excursions.best),
    "",
  ];
  for (const event of path.events) {
    const order = event.order === null ? "  " : `#${event.order}`;
    const head = `${event.time}  ${order.padEnd(3)} ${event.event.padEnd(EVENT_WIDTH)}`;
    lines.push(`${style("faint", head)} ${event.says}`);
    if (event.bar !== undefined) lines.push(style("faint", `  ${barText(event.bar)}`));
  }
  return `${lines.join("\n")}\n`;
}

/** One row per step, for `--plain`. */
export function pathTable({ events }: TradePath): Table {
  return {
    columns: [
      { name: "time" },
      { name: "event" },
      { name: "order" },
      { name: "rule" },
      { name: "says" },
      { name: "bar" },
    ],
    rows: events.map((event: TradeEvent) => [
      event.time,
      event.event,
      event.order,
      event.rule?.name,
      event.says,
      event.bar === undefined ? null : barText(event.bar),
    ]),
  };
}

function excursionLine(name: string, one: TradePath["excursions"]["worst"]): string {
  const where = one.bar === null ? "" : ` in the bar of ${one.bar}`;
  return `${name} ${moneyText(one.pct)} % at ${priceText(one.price)}${where}`;
}

function barText({ time, intervalMs, open, high, low, close, volume, mark }: PathBar): string {
  const prices = `O ${open} H ${high} L ${low} C ${close} V ${volume ?? "unknown"}`;
  const marks =
    mark === null
      ? ""
      : `  mark O ${priceText(mark.open)} H ${priceText(mark.high)} L ${priceText(mark.low)}`;
  return `bar ${time} ${formatInterval(intervalMs)}  ${prices}${marks}`;
}

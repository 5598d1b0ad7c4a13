import { printable, printableLines } from "#cli/output/printable.ts";
import { formatCount, formatDuration } from "#cli/output/progress.ts";
import { renderTable, type Table } from "#cli/output/table.ts";
import type { BatchDocument } from "#cli/sim/batch-document.ts";
import { type BatchView, failureText } from "#cli/sim/batch-text.ts";
import type { DayDocument, StrategyDocument } from "#cli/sim/strategy-document.ts";
import { plural } from "#data/quality/wording.ts";

interface StrategyView extends BatchView {
  readonly out: string | null;
}

/** Days that are shown; of more the worst. */
const DAYS_SHOWN = 10;
const FAILURES_SHOWN = 3;

/** Verdict, what happened, the days, what to change. */
export function strategyText(document: BatchDocument, view: StrategyView): string {
  const { strategy } = document;
  if (strategy === null) return "";
  const { style } = view;
  const color = { survived: "good", hurt: "warning", failed: "bad" } as const;
  const { name, symbols, interval, exchange, isSynthetic } = strategy;
  const where = `${exchange} ${symbols.join(", ")} ${interval}${isSynthetic ? ", drawn candles" : ""}`;
  const pieces = [
    `${style(color[strategy.verdict], strategy.verdict.toUpperCase())}  ${printable(name)} on ${printable(where)}: ${plural(document.seeds, "bad day")}`,
    happened(document, strategy, view),
    table(strategy.days, view),
  ];
  for (const { message, place, excerpt, seed, time } of strategy.exceptions) {
    const head = `${style("bad", "threw")}  ${printable(message)}${place === null ? "" : ` at ${printable(place)}`}`;
    const lines = excerpt === null ? [] : [printableLines(excerpt)];
    pieces.push([head, ...lines, `  first at ${time} of seed ${seed}`].join("\n"));
  }
  for (const failure of document.failures.slice(0, FAILURES_SHOWN)) {
    pieces.push(failureText(failure, view));
  }
  const advice = strategy.advice.map((line) => `  ${printable(line)}`);
  pieces.push([style("strong", "what to change"), ...advice].join("\n"));
  if (view.out !== null) pieces.push(`report  ${printable(view.out)}/report.html`);
  return pieces.join("\n\n");
}

function happened(document: BatchDocument, strategy: StrategyDocument, view: StrategyView): string {
  const { faults, restarts, unknowns, unknownsLeft, orders, doubledOrders, findings } = strategy;
  const found = findings.map(({ class: name, count }) => `${name} ${count}`);
  const lines = [
    `${formatCount(faults)} faults struck, ${plural(restarts, "restart")}, ${formatDuration(view.wallMs)} for ${plural(document.runs, "run")}`,
    `${plural(orders, "order")}, ${doubledOrders} doubled; ${plural(unknowns, "unknown outcome")}, ${unknownsLeft} unresolved`,
    positionsLine(strategy),
    `reconcile found ${found.length === 0 ? "nothing" : found.join(", ")}`,
  ];
  return lines.map((line) => `  ${line}`).join("\n");
}

function positionsLine({ positionsEqualAtQuiet: areEqual, days }: StrategyDocument): string {
  if (areEqual === null) return "positions were not compared: no day reached its end";
  if (!areEqual) return "positions NOT equal to the exchange's at the end of every day";
  const ended = days.filter(({ passed }) => passed).length;
  const which =
    ended === days.length ? "every day" : `the ${ended} of ${days.length} that reached it`;
  return `positions equal to the exchange's at the end of ${which}`;
}

function table(days: readonly DayDocument[], view: StrategyView): string {
  const shown = days
    .toSorted((a, b) => (a.difference ?? -Infinity) - (b.difference ?? -Infinity))
    .slice(0, DAYS_SHOWN);
  const rows: Table["rows"] = shown.map((day) => [
    day.seed,
    day.from.slice(0, 16),
    day.passed ? "held" : (day.invariant ?? ""),
    day.faults,
    day.restarts,
    day.pnl.toFixed(2),
    day.calm.pnl.toFixed(2),
    day.difference === null ? "-" : day.difference.toFixed(2),
    day.maxDrawdownPct.toFixed(2),
    day.unprotectedMinutes === null ? "-" : day.unprotectedMinutes.toFixed(0),
  ]);
  const right = { align: "right" } as const;
  const columns = [
    { name: "seed" },
    { name: "from" },
    { name: "" },
    { name: "faults", ...right },
    { name: "restarts", ...right },
    { name: "PnL", ...right },
    { name: "calm", ...right },
    { name: "differs", ...right },
    { name: "DD %", ...right },
    { name: "no stop, min", ...right },
  ];
  const width = view.isTerminal ? view.width : Number.POSITIVE_INFINITY;
  const text = renderTable(
    { columns, rows },
    { width, header: (line) => view.style("strong", line) },
  );
  const more = days.length - shown.length;
  return more > 0 ? `${text}\n+${more} more days` : text;
}

import type { TextView } from "#cli/command-result.ts";
import { printable, printableLines } from "#cli/output/printable.ts";
import { formatCount, formatDuration } from "#cli/output/progress.ts";
import type { Table } from "#cli/output/table.ts";
import type { BatchDocument, FailureDocument } from "#cli/sim/batch-document.ts";
import { plural } from "#data/quality/wording.ts";

/** Failures that are shown whole; of the others a line each. */
const SHOWN_WHOLE = 5;

export interface BatchView extends TextView {
  /** How long it took, ms. */
  readonly wallMs: number;
}

/** Failures first, then what was run and what came up in it. */
export function batchText(document: BatchDocument, view: BatchView): string {
  const { style } = view;
  const pieces: string[] = [];
  document.failures.forEach((failure, at) => {
    pieces.push(at < SHOWN_WHOLE ? failureText(failure, view) : failureLine(failure));
  });
  pieces.push(totalsText(document, view));
  pieces.push(faultsText(document, view));
  const word = document.passed ? style("good", "passed") : style("bad", "FAILED");
  const passed = document.seeds - document.failed;
  const regressed = document.regressions.filter((one) => !one.passed).length;
  const ends = [`${passed} passed`, `${document.failed} failed`];
  if (document.regressions.length > 0) {
    ends.push(`${plural(document.regressions.length, "regression")}, ${regressed} failed`);
  }
  if (document.seeds < document.seedsWanted) ends.push(`${document.seedsWanted} were wanted`);
  return `${pieces.join("\n\n")}\n\n${word}  ${ends.join(", ")}`;
}

/** In the order in which a person needs it. */
export function failureText(failure: FailureDocument, { style }: TextView): string {
  const { invariant, message, seed, build, time, record, lastRecords, replay } = failure;
  const from = failure.regression === null ? "" : `  (regression ${printable(failure.regression)})`;
  const lines = [
    `${style("bad", `FAILED  ${invariant}`)}${from}  ${printableLines(message)}`,
    `  seed     ${seed}`,
    `  build    ${build}`,
    `  time     ${time}`,
    `  records  ${lastRecords.length === 0 ? "none" : `the last ${lastRecords.length}, up to ${record}`}`,
    ...lastRecords.map((line) => style("faint", `  ${printable(line)}`)),
    `  ${replay}`,
  ];
  return lines.join("\n");
}

/** One line per failing seed, for `--plain`. */
export function batchTable(document: BatchDocument): Table {
  return {
    columns: ["seed", "invariant", "time", "record", "message", "replay"].map((name) => ({ name })),
    rows: document.failures.map(({ seed, invariant, time, record, message, replay }) => [
      seed,
      invariant,
      time,
      record,
      message.split("\n")[0] ?? "",
      replay,
    ]),
  };
}

function failureLine({ invariant, replay, message }: FailureDocument): string {
  return `FAILED  ${invariant}  ${printable(message.split("\n")[0] ?? "")}\n  ${replay}`;
}

function totalsText(document: BatchDocument, { style, wallMs }: BatchView): string {
  const { seeds, runs, events, records, virtualHours, build, profile, minutes } = document;
  const perSecond = formatCount((events * 1_000) / Math.max(1, wallMs));
  const days = (virtualHours / 24).toFixed(1);
  const length = minutes === null ? "as long as drawn" : `at most ${minutes} min`;
  const ends = Object.entries(document.restarts).map(([kind, count]) => `${count} ${kind}`);
  return [
    `${style("strong", `${plural(seeds, "seed")} of ${profile}`)}  ${plural(runs, "run")}, ${length}, build ${build}`,
    `${formatCount(events)} events in ${formatDuration(wallMs)}, ${perSecond} a second, ${days} virtual days, ${formatCount(records)} records`,
    `lives that ended early: ${ends.length === 0 ? "none" : ends.join(", ")}`,
  ].join("\n");
}

function faultsText(document: BatchDocument, view: BatchView): string {
  const cells = document.faults.map(({ code, fired }) => `${code} ${countText(fired)}`);
  const lines = [view.style("strong", "faults"), ...columns(cells, view.width)];
  if (document.sometimes.length > 0) {
    lines.push(view.style("strong", "rare situations"));
    for (const { name, times } of document.sometimes) {
      lines.push(`  ${countText(times).padStart(5)}  ${name}`);
    }
  }
  if (document.zeros.length > 0) {
    const how = document.zerosFail
      ? view.style("bad", "which fails it")
      : "none is needed in so few seeds";
    lines.push(`never came up (${how}): ${document.zeros.join(", ")}`);
  }
  return lines.join("\n");
}

/** Whole where it is small. */
function countText(count: number): string {
  return count < 1_000 ? String(count) : formatCount(count);
}

/** Cells side by side as far as the width goes. */
function columns(cells: readonly string[], width: number): readonly string[] {
  const size = Math.max(...cells.map((cell) => cell.length)) + 2;
  const perLine = Math.max(1, Math.floor((Math.min(width, 100) - 2) / size));
  const lines: string[] = [];
  for (let at = 0; at < cells.length; at += perLine) {
    const row = cells.slice(at, at + perLine).map((cell) => cell.padEnd(size));
    lines.push(`  ${row.join("")}`.trimEnd());
  }
  return lines;
}

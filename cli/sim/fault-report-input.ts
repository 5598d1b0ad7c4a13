import { packageInfo } from "#cli/package-info.ts";
import type { BatchDocument } from "#cli/sim/batch-document.ts";
import type { DayDocument, StrategyDocument } from "#cli/sim/strategy-document.ts";
import { plural } from "#data/quality/wording.ts";
import type { FaultReportDay, FaultReportInput } from "#reports/html/fault-report-input.ts";

/** The page of a strategy's days out of the document that `--json` prints. */
export function faultReportInput(
  document: BatchDocument,
  strategy: StrategyDocument,
): FaultReportInput {
  const { exchange, symbols, interval, matchedOn, from, to, isSynthetic } = strategy;
  return {
    version: packageInfo().version,
    build: document.build,
    profile: document.profile,
    strategy: strategy.name,
    facts: [
      ["Market", `${exchange} ${symbols.join(", ")}`],
      ["Candles", `${interval}, matched on ${matchedOn}${isSynthetic ? ", drawn" : ""}`],
      ["Period", `${from.slice(0, 16)} to ${to.slice(0, 16)}`],
      ["Balance", `${strategy.balance}, leverage ${strategy.leverage}`],
      ["Parameters", JSON.stringify(strategy.params)],
      ["Exit rules", JSON.stringify(strategy.rules)],
      ["Aged positions", strategy.aged === null ? "off" : JSON.stringify(strategy.aged)],
    ],
    verdict: strategy.verdict,
    advice: strategy.advice,
    tiles: tilesOf(document, strategy),
    exceptions: strategy.exceptions.map(
      ({ message, place, excerpt, seed, time, alsoWithoutFaults }) => ({
        message,
        place,
        excerpt,
        when: `First at ${time} of seed ${seed}; ${alsoWithoutFaults ? "also without faults" : "not without faults"}`,
      }),
    ),
    failures: document.failures.map(({ invariant, message, replay }) => ({
      invariant,
      message,
      replay,
    })),
    days: strategy.days.map(dayOf),
    findings: strategy.findings.map(({ class: name, count }) => ({ name, count })),
    faults: document.faults
      .filter(({ fired }) => fired > 0)
      .map(({ code, what, fired }) => ({ code, what, count: fired })),
  };
}

function tilesOf(document: BatchDocument, strategy: StrategyDocument): FaultReportInput["tiles"] {
  const { worstDifference, worstSeed, worstDrawdownPct, unknowns, unknownsLeft } = strategy;
  return [
    {
      label: "Bad days",
      value: String(document.seeds),
      note: `${document.failed} broke an invariant`,
    },
    {
      label: "Worst difference",
      value: worstDifference === null ? "-" : worstDifference.toFixed(2),
      note:
        worstSeed === null ? "no whole day" : `seed ${worstSeed}, to the same day without faults`,
    },
    {
      label: "Worst drawdown",
      value: `${worstDrawdownPct.toFixed(2)} %`,
      note: "of the equity, transfers aside",
    },
    { label: "Restarts", value: String(strategy.restarts), note: plural(strategy.faults, "fault") },
    { label: "Unknown outcomes", value: String(unknowns), note: `${unknownsLeft} unresolved` },
    { label: "Orders", value: String(strategy.orders), note: `${strategy.doubledOrders} doubled` },
    {
      label: "Positions at quiet",
      value: EQUALITY[String(strategy.positionsEqualAtQuiet)] ?? "",
      note: "to the exchange's own",
    },
  ];
}

const EQUALITY: Readonly<Record<string, string>> = {
  true: "equal",
  false: "not equal",
  null: "not compared",
};

function dayOf(day: DayDocument): FaultReportDay {
  const { calm, ...rest } = day;
  return { ...rest, calmPnl: calm.pnl, calmUnprotectedMinutes: calm.unprotectedMinutes };
}

import type { Diagnostic } from "#engine/result/run-result.ts";
import {
  accountBankrupt,
  booksDiffer,
  liquidation,
  openAtEnd,
  partialRun,
  ruined,
} from "#reports/diagnostics/account-rules.ts";
import { capitalContention, ordersRejected } from "#reports/diagnostics/capital-rules.ts";
import { CATALOGUE, DIAGNOSTIC_CODES } from "#reports/diagnostics/catalogue.ts";
import {
  ambiguousBars,
  chosenFromTrials,
  feesAboveProfit,
  fewDays,
  fewTrades,
  noTrades,
  oneTrade,
  shortWarmup,
} from "#reports/diagnostics/evidence-rules.ts";
import { participation, zeroVolumeFill } from "#reports/diagnostics/fill-rules.ts";
import type { LintSubject } from "#reports/diagnostics/lint-subject.ts";
import { markUnknown, syntheticData, volumeUnknown } from "#reports/diagnostics/market-rules.ts";
import { optimisticSwitches } from "#reports/diagnostics/optimism-rules.ts";
import type { Rule } from "#reports/diagnostics/rule.ts";
import { staleMarket } from "#reports/diagnostics/stale-market.ts";
import { stopGap } from "#reports/diagnostics/stop-gap.ts";

const RULES: readonly Rule[] = [
  ruined,
  accountBankrupt,
  liquidation,
  booksDiffer,
  partialRun,
  optimisticSwitches,
  zeroVolumeFill,
  stopGap,
  staleMarket,
  participation,
  ambiguousBars,
  capitalContention,
  ordersRejected,
  feesAboveProfit,
  noTrades,
  shortWarmup,
  oneTrade,
  fewTrades,
  fewDays,
  chosenFromTrials,
  syntheticData,
  markUnknown,
  volumeUnknown,
  openAtEnd,
];

const RANK = { error: 0, warning: 1, info: 2 } as const;

/**
 * Everything that a reader of a result has to know, the worst first and within one severity in the order of the
 * catalogue.
 * @param noticed What was found while the data was loaded.
 */
export function lintRun(
  subject: LintSubject,
  noticed: readonly Diagnostic[] = [],
): readonly Diagnostic[] {
  const found = RULES.flatMap((rule) => rule(subject)).map(
    ({ code, severity, message, count }): Diagnostic => ({
      code,
      severity: severity ?? CATALOGUE[code].severity,
      message,
      count,
    }),
  );
  return worstFirst([...found, ...noticed]);
}

/** By severity, then in the order of the catalogue; findings of one code keep their order. */
export function worstFirst(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const places = new Map<string, number>(DIAGNOSTIC_CODES.map((code, at) => [code, at]));
  const placeOf = ({ code }: Diagnostic): number => places.get(code) ?? places.size;
  return [...diagnostics].sort(
    (a, b) => RANK[a.severity] - RANK[b.severity] || placeOf(a) - placeOf(b),
  );
}

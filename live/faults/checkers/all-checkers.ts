import type { CheckerTerms } from "./checker.ts";
import { oneOrderPerIntent } from "./i01-one-order-per-intent.ts";
import { writtenAhead } from "./i02-written-ahead.ts";
import { requestIds } from "./i03-request-ids.ts";
import { unknownStaysUnknown } from "./i04-unknown-stays-unknown.ts";
import { provenBeforeRetry } from "./i05-proven-before-retry.ts";
import { ackIsNoFill } from "./i06-ack-is-no-fill.ts";
import { monotone } from "./i08-monotone.ts";
import { identity } from "./i09-identity.ts";
import { nothingForgotten } from "./i11-nothing-forgotten.ts";
import { resultsOfTheirOwn } from "./i12-results-of-their-own.ts";
import { oneRequestOneOrder } from "./i13-one-request-one-order.ts";
import { oneWriterOfRows } from "./i14-one-writer-of-rows.ts";
import { convergence } from "./i15-convergence.ts";
import { allTargets } from "./i16-all-targets.ts";
import { missingIsNotFlat } from "./i17-missing-is-not-flat.ts";
import { noOldCutWins } from "./i18-no-old-cut-wins.ts";
import { exactFindings } from "./i19-exact-findings.ts";
import { realExecutions } from "./i20-real-executions.ts";
import { neverAddsRisk } from "./i22-never-adds-risk.ts";
import { attribution } from "./i23-attribution.ts";
import { gate } from "./i24-gate.ts";
import { noFlip } from "./i25-no-flip.ts";
import { oneCampaign } from "./i26-one-campaign.ts";
import { edges } from "./i27-edges.ts";
import { history } from "./i28-history.ts";
import { timeIsKept } from "./i29-time-is-kept.ts";
import { retries } from "./i30-retries.ts";
import { closedIsFlat } from "./i31-closed-is-flat.ts";
import { protection } from "./i32-protection.ts";
import { wholeNumbers } from "./i33-whole-numbers.ts";
import { conservation } from "./i34-conservation.ts";
import { positionAlgebra } from "./i35-position-algebra.ts";
import { moneyMovesNoSize } from "./i36-money-moves-no-size.ts";
import { bars } from "./i41-bars.ts";
import { clock } from "./i43-clock.ts";
import { durable } from "./i45-durable.ts";
import { chain } from "./i46-chain.ts";
import { restart } from "./i47-restart.ts";
import { failStop } from "./i49-fail-stop.ts";
import { diskFull } from "./i50-disk-full.ts";
import { freshPrices } from "./i53-fresh-prices.ts";
import { noOldPrice } from "./i54-no-old-price.ts";
import { rateLimits } from "./i57-rate-limits.ts";
import { caps } from "./i58-caps.ts";
import { isolation } from "./i59-isolation.ts";
import { secrets } from "./i60-secrets.ts";
import { halt } from "./i61-halt.ts";
import { hands } from "./i62-hands.ts";

/** A checker for every invariant that a simulated run can judge while it goes on. */
export const ALL_CHECKERS: readonly CheckerTerms[] = [
  oneOrderPerIntent,
  writtenAhead,
  requestIds,
  unknownStaysUnknown,
  provenBeforeRetry,
  ackIsNoFill,
  monotone,
  identity,
  nothingForgotten,
  resultsOfTheirOwn,
  oneRequestOneOrder,
  oneWriterOfRows,
  convergence,
  allTargets,
  missingIsNotFlat,
  noOldCutWins,
  exactFindings,
  realExecutions,
  neverAddsRisk,
  attribution,
  gate,
  noFlip,
  oneCampaign,
  edges,
  history,
  timeIsKept,
  retries,
  closedIsFlat,
  protection,
  wholeNumbers,
  conservation,
  positionAlgebra,
  moneyMovesNoSize,
  bars,
  clock,
  durable,
  chain,
  restart,
  failStop,
  diskFull,
  freshPrices,
  noOldPrice,
  rateLimits,
  caps,
  isolation,
  secrets,
  halt,
  hands,
];

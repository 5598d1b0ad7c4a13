import type { LintSubject } from "#reports/diagnostics/lint-subject.ts";
import type { Finding, Rule } from "#reports/diagnostics/rule.ts";

/** Switches that err in favour of the user: each stamps the run, whatever it changed in it. */
export const optimisticSwitches: Rule = (subject) => {
  const { costs } = subject.settings;
  const found: Finding[] = [];
  const add = (code: Finding["code"], message: string): void => {
    found.push({ code, message, count: 1 });
  };
  if (costs === "none") {
    add("costs-none", "Without any costs: no fees, slippage, funding or limits on size");
  } else {
    addCosts(subject, add);
  }
  addFills(subject, add);
  return found;
};

type Add = (code: Finding["code"], message: string) => void;

/** One by one; `--costs none` says it all at once. */
function addCosts({ settings, symbols }: LintSubject, add: Add): void {
  const { fees, slippage, participationPct, funding } = settings;
  if (fees.takerPct === 0) add("optimistic-no-fees", "Orders that take liquidity pay no fee");
  const isFree =
    slippage.kind === "fixed"
      ? slippage.bps === 0
      : slippage.halfSpreadBps === 0 && slippage.impactBps === 0;
  if (isFree) add("optimistic-no-slippage", "Market orders and stops fill without any slippage");
  if (participationPct === null) {
    add("optimistic-no-size-limit", "An order may take more than a bar's whole volume");
  }
  if (funding === "none" && symbols.some(({ isPerpetual }) => isPerpetual)) {
    add("no-funding", "Perpetuals without funding rates: nothing was paid or received");
  }
}

function addFills({ settings }: LintSubject, add: Add): void {
  if (settings.fillAt === "close") {
    add("optimistic-fill-at-close", "Decisions trade at the close that they were made on");
  }
  if (settings.limitFill === "touch") {
    add("optimistic-limit-touch", "A limit fills when the price only touches it");
  }
  if (settings.limitImprove) {
    add("optimistic-limit-improve", "A limit that gaps fills at the better open");
  }
  if (settings.intrabar === "best") {
    add("optimistic-intrabar", "Inside a bar the favourable extreme comes first");
  }
}

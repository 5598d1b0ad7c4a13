import { measureRun } from "#cli/backtest/perform-run.ts";
import { requestOfRecord } from "#cli/backtest/request-of-record.ts";
import type { TradeDocument } from "#cli/backtest/run-document.ts";
import type { CommandContext } from "#cli/command-context.ts";
import type { FoundRun } from "#cli/runs/find-run.ts";
import { DrydockError } from "#engine/errors.ts";
import type { Backtest } from "#sim/backtest.ts";
import { withAgedEvents } from "./aged-events.ts";
import { PathContext } from "./path-context.ts";
import { PathRecorder } from "./path-recorder.ts";
import { type TradePath, tradePath } from "./trade-path.ts";

/**
 * Explains trades of a stored run by doing it again: what happened in between stands in no file of the run. The
 * explanation is of the stored run only when the trace comes out the same, so anything else is refused.
 * @param symbol Symbol of the trades that are asked for; null looks at all of them.
 * @throws E_EXPECTATION when today's code or data give another run, E_INTERRUPTED, and what loading and running throw
 */
export async function explainTrades(
  context: CommandContext,
  found: FoundRun,
  dataDir: string,
  symbol: string | null,
): Promise<(trade: TradeDocument) => TradePath> {
  const { record, id } = found;
  const request = requestOfRecord(record, dataDir, process.cwd());
  const recorders: PathRecorder[] = [];
  const observe = (backtest: Backtest): void => {
    recorders.push(new PathRecorder(backtest, symbol));
  };
  const measured = await measureRun(context, request, false, record.end?.bars ?? null, observe);
  if (context.signal.aborted) throw context.signal.reason;
  const { prepared, executed } = measured;
  if (executed.traceHash !== record.document.run.traceHash) {
    throw new DrydockError(
      "E_EXPECTATION",
      `"${id}" does not come out as it did, so its trades can not be explained`,
      {
        while: "doing the run again",
        hint: `drydock verify ${id} names what differs`,
      },
    );
  }
  const moments = recorders[0]?.moments ?? [];
  const pathContext = new PathContext(prepared.market.symbols, prepared.settings);
  return (trade) => {
    const path = tradePath(trade, moments, pathContext);
    if (path !== null) return withAgedEvents(path, measured.result.aged);
    throw new DrydockError("E_EXPECTATION", `"${id}" has no fill that opens trade ${trade.id}`, {
      while: "doing the run again",
      hint: `drydock verify ${id} names what differs`,
    });
  };
}

import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { BarColumns } from "#engine/market/bars.ts";
import { BENCH_KEY, storeOf } from "./market-load.bench.ts";
import { type BenchRow, best } from "./measure.ts";

const BACKTEST_S_MAX = 3;
const HELP_S_MAX = 0.2;
const MAIN = fileURLToPath(new URL("../cli/main.ts", import.meta.url));

export async function benchCommandLine(bars: BarColumns): Promise<readonly BenchRow[]> {
  const folder = await storeOf(bars);
  try {
    const { exchange, symbol, interval } = BENCH_KEY;
    const backtest = ["backtest", "sma-cross", "--exchange", exchange, "--symbol", symbol];
    const words = [...backtest, "--interval", interval, "--quiet"];
    runCli(words, folder); // fills the column cache
    const runMs = best(3, () => runCli(words, folder));
    const helpMs = best(7, () => runCli(["--help"], folder));
    return [
      {
        work: "CLI backtest with report, process start to exit",
        ms: runMs,
        figure: `${(runMs / 1000).toFixed(2)} s`,
        bar: `<= ${BACKTEST_S_MAX} s`,
        holds: runMs <= BACKTEST_S_MAX * 1000,
      },
      {
        work: "drydock --help",
        ms: helpMs,
        figure: `${(helpMs / 1000).toFixed(3)} s`,
        bar: `<= ${HELP_S_MAX} s`,
        holds: helpMs <= HELP_S_MAX * 1000,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function runCli(words: readonly string[], folder: string): void {
  const { status, stderr } = spawnSync(process.execPath, [MAIN, ...words], { cwd: folder });
  if (status !== 0)
    throw new Error(`drydock ${words.join(" ")} ended with ${status}: ${stderr.toString()}`);
}

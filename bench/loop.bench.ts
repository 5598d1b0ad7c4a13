import type { HeapProfiler } from "node:inspector";
import { Session } from "node:inspector/promises";

import type { BarColumns } from "#engine/market/bars.ts";
import { defineStrategy, type Strategy } from "#engine/strategy/define-strategy.ts";
import { smaCross } from "#strategies/sma-cross.ts";
import { backtestOf } from "./market.bench.ts";
import { type BenchRow, best } from "./measure.ts";

const NOTHING = defineStrategy({ name: "nothing", description: "", onBar: () => {} });
const HOLDING = defineStrategy({
  name: "holding",
  description: "",
  onBar(ctx) {
    if (ctx.position.isFlat) ctx.enterLong({ qty: 0.01 });
  },
});
const LOOP_NS_MAX = 40;
const SMA_BARS_PER_S_MIN = 10e6;
/** What the profiler itself may leave behind, spread over the bars. */
const BYTES_PER_BAR_MAX = 0.1;

export async function benchLoop(bars: BarColumns): Promise<readonly BenchRow[]> {
  const ms = best(9, () => backtestOf(bars, NOTHING).run());
  const perBar = (ms * 1e6) / bars.length;
  const bytes = await bytesPerBar(bars, NOTHING);
  const bytesHeld = await bytesPerBar(bars, HOLDING);
  return [
    {
      work: "engine loop, strategy that does nothing",
      ms,
      figure: `${perBar.toFixed(1)} ns/bar`,
      bar: `<= ${LOOP_NS_MAX} ns`,
      holds: perBar <= LOOP_NS_MAX,
    },
    {
      work: "  allocation in that loop",
      ms,
      figure: `${bytes.toFixed(2)} B/bar`,
      bar: "none",
      holds: bytes <= BYTES_PER_BAR_MAX,
    },
    {
      work: "  allocation while a position is held",
      ms,
      figure: `${bytesHeld.toFixed(2)} B/bar`,
      bar: "none",
      holds: bytesHeld <= BYTES_PER_BAR_MAX,
    },
  ];
}

export async function benchSmaCross(bars: BarColumns): Promise<readonly BenchRow[]> {
  const params = { fast: 10, slow: 30, direction: "both", sizePct: 50 };
  const ms = best(9, () => backtestOf(bars, smaCross, params).run());
  const perSecond = bars.length / (ms / 1000);
  return [
    {
      work: "SMA cross, indicators and equity included",
      ms,
      figure: `${(perSecond / 1e6).toFixed(1)} M bars/s`,
      bar: `>= ${SMA_BARS_PER_S_MIN / 1e6} M bars/s`,
      holds: perSecond >= SMA_BARS_PER_S_MIN,
    },
  ];
}

/**
 * Bytes per bar that the second half of a run allocates, when everything that is made once has been made: what the
 * sampling heap profiler sees, objects that were collected meanwhile included.
 */
async function bytesPerBar(bars: BarColumns, strategy: Strategy): Promise<number> {
  const backtest = backtestOf(bars, strategy);
  const half = bars.length >>> 1;
  backtest.advance(half);
  const session = new Session();
  session.connect();
  await session.post("HeapProfiler.startSampling", {
    samplingInterval: 4096,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  backtest.advance(half);
  const { profile } = await session.post("HeapProfiler.stopSampling");
  session.disconnect();
  return allocatedBelow(profile.head) / half;
}

function allocatedBelow(node: HeapProfiler.SamplingHeapProfileNode): number {
  const below = node.children.reduce((sum, child) => sum + allocatedBelow(child), 0);
  return node.selfSize + below;
}

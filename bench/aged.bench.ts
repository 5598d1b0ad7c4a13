import type { AgedDesk } from "#engine/aged/aged-closer.ts";
import { resolveAgedConfig } from "#engine/aged/aged-config.ts";
import { LIVE_PRICES } from "#engine/aged/aged-monitor.ts";
import { AgedPositions } from "#engine/aged/aged-positions.ts";
import { HOUR_MS } from "#engine/aged/aged-stages.ts";
import type { BarColumns } from "#engine/market/bars.ts";
import { defineStrategy } from "#engine/strategy/define-strategy.ts";
import { Backtest } from "#sim/backtest.ts";
import { backtestOf, configOf } from "./market.bench.ts";
import { type BenchRow, best } from "./measure.ts";

const POSITIONS = 10_000;
const TICK_MS_MAX = 5;
const FEW = 60;
const TICKS_PER_SECOND = 1_000;
const OPENED = Date.UTC(2024, 0, 1);

/** A desk that never gets an order: prices stay beyond every target. */
const DESK: AgedDesk = {
  closableLots: () => 1,
  isTrailing: () => false,
  isClosing: () => false,
  closeAtMarket: () => ({ requestId: 0, isRefused: false }),
  restAt: () => ({ requestId: 0, isRefused: false }),
  moveTo: () => {},
  cancel: () => {},
  cancelInFlight: () => {},
};
const CONFIG = resolveAgedConfig({}, 0.055);

/** As many long positions at 100, aged and with their first price. */
function agedPositions(count: number): AgedPositions {
  const aged = new AgedPositions(CONFIG, LIVE_PRICES, DESK, () => {});
  for (let symbol = 0; symbol < count; symbol++) aged.onOpened(symbol, 1, OPENED, 100, OPENED);
  const at = OPENED + 4 * HOUR_MS;
  aged.onTime(at);
  for (let symbol = 0; symbol < count; symbol++) aged.onPrice(symbol, 80, at, at);
  return aged;
}

export function benchAged(bars: BarColumns): readonly BenchRow[] {
  const tickMs = tickOver(POSITIONS);
  const { p50, p99, max } = latencies();
  const plain = best(5, () => backtestOf(bars, IDLE).run());
  const withRules = best(5, () =>
    new Backtest({ ...configOf(bars, IDLE, {}), aged: CONFIG }).run(),
  );
  const costNs = ((withRules - plain) * 1e6) / bars.length;
  return [
    {
      work: `one tick over ${POSITIONS.toLocaleString("en-US")} aged positions`,
      ms: tickMs,
      figure: `${tickMs.toFixed(2)} ms`,
      bar: `<= ${TICK_MS_MAX} ms`,
      holds: tickMs <= TICK_MS_MAX,
    },
    {
      work: `  ${FEW} aged, ${TICKS_PER_SECOND} ticks/s: price in → decided, p50 / p99 / max`,
      ms: p99 / 1_000,
      figure: `${p50.toFixed(2)} / ${p99.toFixed(2)} / ${max.toFixed(0)} µs`,
      bar: "",
      holds: true,
    },
    {
      work: "  aged rules on, flat account: more per bar",
      ms: withRules,
      figure: `${costNs.toFixed(2)} ns/bar`,
      bar: "",
      holds: true,
    },
  ];
}

const IDLE = defineStrategy({ name: "idle", description: "", onBar: () => {} });

/** A price for every position and the timers of that moment. */
function tickOver(count: number): number {
  const aged = agedPositions(count);
  let now = OPENED + 4 * HOUR_MS;
  return best(200, () => {
    now += 1_000;
    for (let symbol = 0; symbol < count; symbol++)
      aged.onPrice(symbol, 80 + (symbol % 7), now, now);
    if (now >= aged.nextTimerAt) aged.onTime(now);
  });
}

/** Microseconds from a price to the answer, with the look at the next timer that a driver takes after each event. */
function latencies(): { readonly p50: number; readonly p99: number; readonly max: number } {
  const aged = agedPositions(FEW);
  const start = OPENED + 4 * HOUR_MS;
  const spent: number[] = [];
  for (let tick = 0; tick < 60 * TICKS_PER_SECOND; tick++) {
    const now = start + 1 + Math.floor((tick * 1_000) / TICKS_PER_SECOND);
    const before = performance.now();
    aged.onPrice(tick % FEW, 80 + (tick % 7), now, now);
    if (now >= aged.nextTimerAt) aged.onTime(now);
    spent.push((performance.now() - before) * 1_000);
  }
  const sorted = spent.sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

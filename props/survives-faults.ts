import type { AgedParams } from "#engine/aged/aged-config.ts";
import { resolveAgedConfig } from "#engine/aged/aged-config.ts";
import { LIVE_PRICES } from "#engine/aged/aged-monitor.ts";
import { DrydockError } from "#engine/errors.ts";
import { isoTime } from "#engine/market/iso-time.ts";
import type { RiskLimits } from "#engine/risk/risk-limits.ts";
import { checkExitRules, type ExitRules } from "#engine/rules/exit-rules.ts";
import type { Strategy } from "#engine/strategy/define-strategy.ts";
import { resolveParams } from "#engine/strategy/params.ts";
import { strategyIntervals } from "#engine/strategy/strategy-runner.ts";
import type { EngineTerms } from "#live/driver/make-engine.ts";
import { type RunOptions, type RunReport, runPlan } from "#live/faults/batch/run-plan.ts";
import { eventLines } from "#live/faults/batch/scenario-file.ts";
import { seedPlan } from "#live/faults/batch/seed-plan.ts";
import { TIE_BREAK } from "#live/faults/batch/seed-terms.ts";
import { shrinkPlan } from "#live/faults/batch/shrink-plan.ts";
import type { Violation } from "#live/faults/checkers/checker.ts";
import type { Simulation } from "#live/faults/simulate.ts";
import type { Profile } from "#live/faults/world/profile.ts";
import type { WorldPlan } from "#live/faults/world/world-plan.ts";
import { holds, INVARIANTS, InvariantBroken } from "#props/invariants/invariant-broken.ts";
import { inOtherSurroundings } from "#props/invariants/other-surroundings.ts";

export interface FaultOptions {
  /** Of the strategy; absent ones have their defaults. Candles are 1 or 5 minutes long, so choose short periods. */
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  /** Exits without code; default: those of the strategy. */
  readonly rules?: ExitRules | undefined;
  /** The aged rules, with any parameter; default: as the seed draws it. */
  readonly aged?: AgedParams | undefined;
  readonly risk?: RiskLimits | undefined;
  /** How many days, or which ones; default 10. */
  readonly seeds?: number | readonly number[] | undefined;
  /** What goes wrong: `lite` a few things now and then (the default), `swarm` any half of everything, `crash` the program itself. */
  readonly profile?: Profile | undefined;
  /** Virtual time with faults in minutes; default 60. */
  readonly minutes?: number | undefined;
  /** Default oneWay. */
  readonly positionMode?: "oneWay" | "hedge" | undefined;
  /** Without it, a strategy that never sends an order fails: nothing was shown then. */
  readonly mayIdle?: boolean | undefined;
}

export interface FaultReport {
  readonly seeds: number;
  /** Orders and executions at the simulated exchange. */
  readonly orders: number;
  readonly executions: number;
  /** How often each fault struck. */
  readonly fired: Readonly<Record<string, number>>;
}

/** How a world is run; for tests. */
export type RunWorld = (plan: WorldPlan, options?: RunOptions) => RunReport;

interface Seen {
  orders: number;
  executions: number;
}

const SEEDS = 10;
const MINUTES = 60;
const TAKER_PCT = 0.055;
/** Runs on the way to a small plan. */
const SMALLER_MAX = 200;
/** Records and events that a message shows. */
const LINES_MAX = 15;

/**
 * Runs a strategy with the live driver in simulated worlds in which requests are lost, answers come late or twice, the
 * process dies and people trade on the account, and asks all invariants of the control plane meanwhile and afterwards.
 * @throws E_USAGE, E_UNKNOWN_PARAM, E_PARAM_RANGE, E_CONFIG for options that make no run
 * @throws an error that names the invariant, the seed, what went wrong in the smallest world that shows it, and the
 * last records
 */
export function survivesFaults(
  strategy: Strategy,
  options: FaultOptions = {},
  run: RunWorld = runPlan,
): FaultReport {
  const terms = termsOf(strategy, options);
  const seeds = seedsOf(options.seeds ?? SEEDS);
  const { profile = "lite", minutes = MINUTES } = options;
  const report = {
    seeds: seeds.length,
    orders: 0,
    executions: 0,
    fired: {} as Record<string, number>,
  };
  for (const seed of seeds) {
    const thrown: Thrown[] = [];
    const drawn = seedPlan(String(seed), { profile, minutes, tieBreak: TIE_BREAK });
    const plan = planFor(strategy, drawn, options);
    const ran = run(plan, {
      strategy: { strategy: toldThrows(strategy, thrown) },
      terms,
      look: (simulation) => lookAt(simulation, report, thrown),
    });
    if (ran.violations.length > 0)
      throw failure(strategy, plan, { strategy: { strategy }, terms }, run);
    const again = inOtherSurroundings(() => run(plan, { strategy: { strategy }, terms }));
    holds("deterministic", again.hash === ran.hash, () => {
      const both = `${ran.records} records, then ${again.records}`;
      return `${strategy.name} left two journals in world ${seed}: ${both} when it was run again, at another time`;
    });
    for (const [code, count] of Object.entries(ran.fired)) {
      report.fired[code] = (report.fired[code] ?? 0) + count;
    }
  }
  if (report.orders === 0 && options.mayIdle !== true) {
    throw new Error(
      `${strategy.name} sent no order in ${seeds.length} worlds, so nothing was shown\n  fix    Give params with short periods or more minutes, or say mayIdle: true`,
    );
  }
  return report;
}

interface Thrown {
  readonly error: unknown;
  readonly time: number;
}

/** The same strategy; what it throws is kept, also of a process that dies later. */
function toldThrows(strategy: Strategy, thrown: Thrown[]): Strategy {
  const telling = <T extends { readonly time: number }>(decide: (ctx: T) => void) => {
    return (ctx: T): void => {
      try {
        decide(ctx);
      } catch (error) {
        thrown.push({ error, time: ctx.time });
        throw error;
      }
    };
  };
  return { ...strategy, onBar: telling(strategy.onBar), onBars: telling(strategy.onBars) };
}

/** What came of it at the exchange. @throws InvariantBroken when the strategy threw, in whichever life */
function lookAt({ world }: Simulation, seen: Seen, [thrown]: readonly Thrown[]): void {
  for (const { key } of world.targets) {
    const { orders, executions } = world.truth(key);
    seen.orders += orders.length;
    seen.executions += executions.length;
  }
  if (thrown === undefined) return;
  const { error, time } = thrown;
  const what = error instanceof Error ? `${error.name}: ${error.message}` : "no error";
  throw new InvariantBroken(
    "runsToItsEnd",
    `The strategy threw ${what} at ${isoTime(time)} in world ${world.plan.seed}`,
    { cause: error },
  );
}

function termsOf(strategy: Strategy, options: FaultOptions): Partial<EngineTerms> {
  const params = resolveParams(strategy.name, strategy.params, options.params ?? {});
  const rules = options.rules ?? strategy.rules({ params });
  checkExitRules(rules);
  const [word] = strategyIntervals(strategy, params);
  if (word !== undefined) {
    throw new DrydockError("E_USAGE", `${strategy.name} reads bars of ${word} besides its own`, {
      hint: "Simulated worlds have one interval; run it without the further ones",
    });
  }
  const { aged, risk } = options;
  return {
    params,
    rules,
    ...(risk === undefined ? {} : { risk }),
    ...(aged === undefined
      ? {}
      : { aged: { config: resolveAgedConfig(aged, TAKER_PCT), prices: LIVE_PRICES } }),
  };
}

function seedsOf(seeds: number | readonly number[]): readonly number[] {
  return typeof seeds === "number" ? Array.from({ length: seeds }, (_, at) => at + 1) : seeds;
}

/** One account with as many symbols as the strategy wants. */
function planFor(strategy: Strategy, plan: WorldPlan, options: FaultOptions): WorldPlan {
  const [target] = plan.targets;
  if (target === undefined) return plan;
  const { symbolCount } = strategy;
  const symbols =
    symbolCount === null ? target.symbols : (ALL[target.key.split(":")[0] ?? ""] ?? []);
  if (symbolCount !== null && symbolCount > symbols.length) {
    throw new DrydockError(
      "E_USAGE",
      `${strategy.name} wants ${symbolCount} symbols, a simulated world has ${symbols.length}`,
      {
        hint: "Run it with fewer symbols",
      },
    );
  }
  return {
    ...plan,
    targets: [
      {
        ...target,
        symbols: symbolCount === null ? symbols : symbols.slice(0, symbolCount),
        positionMode: options.positionMode ?? "oneWay",
      },
    ],
  };
}

/** What the worlds know of each exchange. */
const ALL: Readonly<Record<string, readonly string[]>> = {
  bybit: ["BTCUSDT", "ETHUSDT", "SOLUSDT"],
  hyperliquid: ["BTC", "ETH", "SOL"],
};

function failure(
  strategy: Strategy,
  plan: WorldPlan,
  options: RunOptions,
  run: RunWorld,
): InvariantBroken {
  const runSame: RunWorld = (smaller, more) => run(smaller, { ...options, ...more });
  const shrunk = shrinkPlan(plan, { tries: SMALLER_MAX, run: runSame });
  const { violation, report, plan: small } = shrunk ?? unshrunk(plan, runSame(plan));
  const events = eventLines(small);
  const minutes = Math.ceil(small.durationMs / 60_000);
  const lines = [
    `${strategy.name} breaks survivesFaults: ${INVARIANTS.survivesFaults}`,
    `${violation.invariant} at ${isoTime(violation.time)}, record ${violation.seq}: ${violation.message}`,
    "",
    `Again: survivesFaults(strategy, { …, seeds: [${plan.seed}] }); ${minutes} minutes are enough${events.length > 0 ? ", with this" : " without any fault"}:`,
    ...events.slice(0, LINES_MAX).map((line) => `  ${line}`),
    ...(events.length > LINES_MAX ? [`  and ${events.length - LINES_MAX} more`] : []),
    "",
    "The last records:",
    ...report.tail.slice(-LINES_MAX),
  ];
  return new InvariantBroken("survivesFaults", lines.join("\n"));
}

function unshrunk(
  plan: WorldPlan,
  report: RunReport,
): { readonly plan: WorldPlan; readonly report: RunReport; readonly violation: Violation } {
  const [first] = report.violations;
  const violation = first ?? { invariant: "", moment: "E", time: plan.start, seq: 0, message: "" };
  return { plan, report, violation };
}

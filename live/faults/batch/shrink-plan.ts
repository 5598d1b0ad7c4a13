import { fewest } from "#live/faults/batch/fewest.ts";
import { type RunOptions, type RunReport, runPlan } from "#live/faults/batch/run-plan.ts";
import { withoutForeign, withoutSymbols, withoutTarget } from "#live/faults/batch/smaller-plans.ts";
import type { Violation } from "#live/faults/checkers/checker.ts";
import { workloadSteps } from "#live/faults/workload.ts";
import { FAULTS, type FaultCode, type FaultRates } from "#live/faults/world/fault-codes.ts";
import { parseSeed, seedAfter, seedText } from "#live/faults/world/seed.ts";
import { WORKLOAD_KINDS, type WorldPlan } from "#live/faults/world/world-plan.ts";

export interface ShrinkTerms {
  /** Runs at most. */
  readonly tries: number;
  readonly run?: ((plan: WorldPlan, options?: RunOptions) => RunReport) | undefined;
  /** Told after every run; returns false to end with what there is. */
  readonly onTry?: ((progress: ShrinkProgress) => boolean) | undefined;
}

export interface ShrinkProgress {
  readonly tries: number;
  readonly stage: string;
  /** Events of the smallest plan so far; null while faults and workload are drawn. */
  readonly events: number | null;
}

export interface Shrunk {
  readonly plan: WorldPlan;
  /** How the smallest plan fails. */
  readonly violation: Violation;
  readonly report: RunReport;
  readonly tries: number;
}

/** Passes over everything; later ones find what only goes once something else is gone. */
const ROUNDS = 8;
/** A scenario of so many events can be read. */
const ENOUGH_EVENTS = 15;
const OTHER_SEEDS = 100;
/** Runs for each of them. */
const TRIES_ELSEWHERE = 200;
/** Runs of one pass in the first round, twice as many in each later one: no pass eats up what the others need. */
const TRIES_PER_PASS = 40;

/**
 * Makes a failing plan small: leaves out fault classes, single faults, targets, symbols, features and kinds of orders,
 * single steps of the workload, and time, and keeps whatever leaves the same invariant broken. Null when the plan does
 * not fail.
 */
export function shrinkPlan(plan: WorldPlan, terms: ShrinkTerms): Shrunk | null {
  const first = (terms.run ?? runPlan)(plan, { hasStrikes: true });
  const [violation] = first.violations;
  if (violation === undefined) return null;
  const search = new Search(plan, first, violation, terms);
  search.run();
  search.searchOn();
  const { best, report, tries } = search;
  return { plan: best, violation: search.violation, report, tries };
}

/** How many things happen in a plan: strikes of faults, rules that hold, steps of the workload; null while they are drawn. */
export function eventsOf({ script, workload, rates }: WorldPlan): number | null {
  if (script === undefined || workload.steps === undefined) return null;
  return script.length + workload.steps.length + codesOf(rates).filter(isRule).length;
}

class Search {
  best: WorldPlan;
  report: RunReport;
  violation: Violation;
  tries = 1;
  #stage = "";
  #quota = TRIES_PER_PASS;
  /** Runs that are left to the pass at hand. */
  #left = 0;
  #isEnded = false;
  readonly #terms: ShrinkTerms;

  constructor(plan: WorldPlan, report: RunReport, violation: Violation, terms: ShrinkTerms) {
    this.best = plan;
    this.report = report;
    this.violation = violation;
    this.#terms = terms;
  }

  run(): void {
    this.#pass("fault classes", () => this.#classes());
    // Before single faults are named: their numbers count the opportunities of all targets together.
    this.#pass("targets", () => this.#places());
    this.#pass("time", () => this.#time());
    this.#rounds();
  }

  /** Goes on with other draws for the plan as far as it has come, while it is larger than a person likes to read. */
  searchOn(): void {
    for (let other = 1; other <= OTHER_SEEDS && this.#isLarge(); other++) this.#otherSeed(other);
  }

  #rounds(): void {
    for (let round = 0; round < ROUNDS && !this.#isEnded; round++) {
      const before = JSON.stringify(this.best);
      this.#quota = TRIES_PER_PASS * 2 ** round;
      let isWhole = this.#pass("fault classes", () => this.#classes());
      isWhole = this.#pass("single faults", () => this.#singleFaults()) && isWhole;
      isWhole = this.#pass("targets", () => this.#places()) && isWhole;
      isWhole = this.#pass("features", () => this.#features()) && isWhole;
      isWhole = this.#pass("workload steps", () => this.#steps()) && isWhole;
      isWhole = this.#pass("time", () => this.#time()) && isWhole;
      if (isWhole && JSON.stringify(this.best) === before) return;
    }
  }

  #isLarge(): boolean {
    const isOver = this.#isEnded || this.tries >= this.#terms.tries;
    return !isOver && (eventsOf(this.best) ?? Infinity) > ENOUGH_EVENTS;
  }

  /**
   * Where no single strike can be left out any more because each moves all that follow: draws others for the small
   * plan, makes that small, and takes it when it is smaller.
   */
  #otherSeed(further: number): void {
    const { script: _, ...rest } = this.best;
    const { steps: _steps, ...workload } = rest.workload;
    const seed = seedText(seedAfter(parseSeed(this.best.seed), further));
    const plan = { ...rest, workload, seed };
    this.tries += 1;
    const report = (this.#terms.run ?? runPlan)(plan, { hasStrikes: true });
    const same = report.violations.find(({ invariant }) => invariant === this.violation.invariant);
    if (same === undefined) return;
    const tries = Math.min(TRIES_ELSEWHERE, this.#terms.tries - this.tries);
    const { onTry } = this.#terms;
    const before = this.tries;
    const search = new Search(plan, report, same, {
      ...this.#terms,
      tries,
      onTry: (progress) => {
        const told = { ...progress, tries: before + progress.tries, stage: "other strikes" };
        if (onTry?.(told) === false) this.#isEnded = true;
        return !this.#isEnded;
      },
    });
    search.run();
    this.tries += search.tries;
    if ((eventsOf(search.best) ?? Infinity) >= (eventsOf(this.best) ?? Infinity)) return;
    this.best = search.best;
    this.report = search.report;
    this.violation = search.violation;
  }

  /** Returns whether it came to its end within its share of the runs. */
  #pass(stage: string, work: () => void): boolean {
    this.#stage = stage;
    this.#left = this.#quota;
    work();
    return this.#left > 0;
  }

  #classes(): void {
    const { rates, script } = this.best;
    fewest(codesOf(rates), (codes) =>
      this.#tries({
        ...this.best,
        rates: Object.fromEntries(codes.map((code) => [code, rates[code]])) as FaultRates,
        ...(script && { script: script.filter(({ code }) => codes.includes(code)) }),
      }),
    );
  }

  #singleFaults(): void {
    const strikes = this.best.script ?? this.report.strikes;
    fewest(strikes, (script) => {
      const codes = codesOf(this.best.rates).filter(
        (code) => isRule(code) || script.some((strike) => strike.code === code),
      );
      const rates = Object.fromEntries(codes.map((code) => [code, this.best.rates[code]]));
      return this.#tries({ ...this.best, rates: rates as FaultRates, script });
    });
    if (this.best.script === undefined) this.#convert({ ...this.best, script: strikes });
  }

  #places(): void {
    for (const { key } of this.best.targets) {
      if (this.best.targets.length > 1) this.#tries(withoutTarget(this.best, key));
    }
    for (const target of this.best.targets) {
      if (target.foreignSymbol !== null) this.#tries(withoutForeign(this.best, target.key));
      fewest(target.symbols, (symbols) => {
        const dropped = target.symbols.filter((symbol) => !symbols.includes(symbol));
        return symbols.length > 0 && this.#tries(withoutSymbols(this.best, target.key, dropped));
      });
    }
  }

  #features(): void {
    for (const feature of ["hasAged", "hasProtection", "hasPollingFallback"] as const) {
      const { features } = this.best;
      if (features[feature]) {
        this.#tries({ ...this.best, features: { ...features, [feature]: false } });
      }
    }
    if (this.best.workload.steps !== undefined) return;
    for (const kind of WORKLOAD_KINDS) {
      const workload = { ...this.best.workload, [kind]: 0 };
      const isSome = WORKLOAD_KINDS.some((one) => workload[one] > 0);
      if (isSome && this.best.workload[kind] > 0) this.#tries({ ...this.best, workload });
    }
  }

  #steps(): void {
    const all = workloadSteps(this.best);
    const fit = (steps: typeof all): WorldPlan => ({
      ...this.best,
      workload: { ...this.best.workload, steps },
    });
    fewest(all, (steps) => this.#tries(fit(steps)));
    if (this.best.workload.steps === undefined) this.#convert(fit(all));
  }

  /** The same run in other words: also when the share of a pass is used up. */
  #convert(plan: WorldPlan): void {
    this.#left = Math.max(1, this.#left);
    this.#tries(plan);
  }

  #time(): void {
    const { start, candleMs } = this.best;
    const until = Math.ceil((this.violation.time - start) / candleMs) * candleMs;
    if (until > 0 && until < this.best.durationMs) {
      this.#tries({ ...this.best, durationMs: until });
    }
    for (;;) {
      const half = Math.ceil(this.best.durationMs / 2 / candleMs) * candleMs;
      if (half >= this.best.durationMs) return;
      if (!this.#tries({ ...this.best, durationMs: half })) return;
    }
  }

  /** Whether the same invariant fails: then this is the smallest plan so far. */
  #tries(plan: WorldPlan): boolean {
    if (this.#isEnded || this.tries >= this.#terms.tries) {
      this.#isEnded = true;
      return false;
    }
    if (this.#left <= 0) return false;
    this.#left -= 1;
    this.tries += 1;
    const report = (this.#terms.run ?? runPlan)(plan, { hasStrikes: plan.script === undefined });
    const same = report.violations.find(({ invariant }) => invariant === this.violation.invariant);
    if (same !== undefined) {
      this.best = plan;
      this.report = report;
      this.violation = same;
    }
    const { tries } = this;
    const progress = { tries, stage: this.#stage, events: eventsOf(this.best) };
    if (this.#terms.onTry?.(progress) === false) this.#isEnded = true;
    return same !== undefined;
  }
}

function codesOf(rates: FaultRates): readonly FaultCode[] {
  return (Object.keys(rates) as FaultCode[]).filter((code) => (rates[code] ?? 0) > 0);
}

function isRule(code: FaultCode): boolean {
  return FAULTS[code].kind === "rule";
}
